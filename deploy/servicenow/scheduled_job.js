/* Scheduled script execution "Post to Troth". Run: periodically, each minute. */
new TrothSender().drain();
