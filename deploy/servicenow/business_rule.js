/*
 * Business rule "Tell Troth", one for each table that holds promises (Change Request, Demand). When: after; Insert, Update and Delete.
 *
 * After and not async: an async rule does not know how the record was before. Nothing is sent here, so nobody waits for Troth.
 */
(function executeRule(current, previous) {
    new TrothSender().keep(current, previous);
})(current, previous);
