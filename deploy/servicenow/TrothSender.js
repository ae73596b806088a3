/*
 * Script Include "TrothSender" (global scope): tells Troth of changes and demands, and loses none while Troth is away.
 *
 * A business rule keeps what there is to say in the table u_troth_outbox, in the transaction of the change itself. A scheduled job
 * posts it from there in order and deletes what has arrived. What did not arrive is posted again by the next run, for as long as it
 * takes; Troth knows what it has heard already. docs/tools/servicenow.md says how to set it up.
 *
 * No field that names a person is sent. Keep it so when you add one: Troth wants to know of teams, not of people.
 */
var TrothSender = Class.create();

/* Sent as the database has it: ids, numbers, and times in UTC without a zone. Name in the message: fields, the first that is filled. */
TrothSender.VALUES = {
    sys_id: ['sys_id'],
    number: ['number'],
    short_description: ['short_description'],
    end_date: ['end_date'],
    due_date: ['due_date'],
    requested_by_date: ['requested_by_date'],
    work_end: ['work_end'],
    closed_at: ['closed_at'],
    budget: ['u_budget'],
    sys_created_on: ['sys_created_on'],
    sys_updated_on: ['sys_updated_on']
};

/* Sent as a user reads it: names instead of ids, labels instead of numbers. */
TrothSender.LABELS = {
    assignment_group: ['assignment_group'],
    state: ['state'],
    approval: ['approval'],
    close_code: ['close_code'],
    on_hold: ['on_hold'],
    customer: ['business_unit', 'department', 'company'],
    goal: ['u_goal'],
    unit: ['u_unit']
};

TrothSender.prototype = {
    initialize: function() {
        // A line end that was pasted along would be a part of the token.
        this.url = String(gs.getProperty('troth.url', '')).trim();
        this.token = String(gs.getProperty('troth.token', '')).trim();
    },

    /* Called by the business rule, after the change: keeps what it says, if it says anything. */
    keep: function(current, previous) {
        try {
            var message = this.message(current, previous, current.operation());
            if (message === null) {
                return;
            }
            var outbox = new GlideRecord('u_troth_outbox');
            outbox.initialize();
            outbox.setValue('u_payload', JSON.stringify(message));
            if (!outbox.insert()) {
                gs.error('Troth: could not write to u_troth_outbox of ' + message.record.number + '; does the table exist?');
            }
        } catch (error) {
            // Nobody's change shall fail because of Troth.
            gs.error('Troth: could not keep a change of ' + current.getTableName() + ' ' + current.getUniqueValue() + ': ' + error);
        }
    },

    /* Called by the scheduled job: posts what is kept, oldest first, until all has arrived or Troth does not answer. */
    drain: function() {
        var outbox = new GlideRecord('u_troth_outbox');
        outbox.addNullQuery('u_refused');
        outbox.orderBy('sys_created_on');
        outbox.setLimit(500);
        outbox.query();
        while (outbox.next()) {
            var answer = this.post(outbox.getValue('u_payload'));
            if (answer.status >= 200 && answer.status < 300) {
                outbox.deleteRecord();
            } else if (this.isFinal(answer.status)) {
                outbox.setValue('u_refused', (answer.status + ' ' + answer.body).substring(0, 200));
                outbox.update();
                gs.error('Troth refused ' + outbox.getUniqueValue() + ' of u_troth_outbox: ' + answer.status + ' ' + answer.body);
            } else {
                gs.error('Troth did not take a change (' + answer.status + ' ' + answer.body + '); it is posted again in the next run');
                return;
            }
        }
    },

    /* One post. The status is 0 where there was no answer. */
    post: function(body) {
        try {
            var request = new sn_ws.RESTMessageV2();
            request.setEndpoint(this.url);
            request.setHttpMethod('post');
            request.setHttpTimeout(10000);
            request.setRequestHeader('Authorization', 'Bearer ' + this.token);
            request.setRequestHeader('Content-Type', 'application/json');
            request.setRequestBody(body);
            var response = request.execute();
            return { status: parseInt(response.getStatusCode(), 10) || 0, body: String(response.getBody() || response.getErrorMessage()) };
        } catch (error) {
            return { status: 0, body: String(error) };
        }
    },

    /* Whether posting the same once more could not help: it is no JSON, or too large. A wrong token or address can be mended. */
    isFinal: function(status) {
        return status === 400 || status === 413 || status === 415 || status === 422;
    },

    /* What is said of a change, or null where nothing of it concerns Troth. */
    message: function(current, previous, operation) {
        var record = this.read(current);
        var before = operation === 'insert' || !previous ? {} : this.read(previous);
        if (operation === 'update' && !this.differs(record, before)) {
            return null;
        }
        return {
            event_id: String(gs.generateGUID()),
            sent_at: String(new GlideDateTime().getValue()),
            table: String(current.getTableName()),
            operation: String(operation),
            link: gs.getProperty('glide.servlet.uri', '') + current.getTableName() + '.do?sys_id=' + record.sys_id,
            record: record,
            previous: before
        };
    },

    read: function(record) {
        var found = {};
        var name;
        for (name in TrothSender.VALUES) {
            found[name] = this.first(record, TrothSender.VALUES[name], false);
        }
        for (name in TrothSender.LABELS) {
            found[name] = this.first(record, TrothSender.LABELS[name], true);
        }
        return found;
    },

    first: function(record, fields, asShown) {
        for (var i = 0; i < fields.length; i++) {
            var value = '';
            if (record.isValidField(fields[i])) {
                value = asShown ? record.getDisplayValue(fields[i]) : record.getValue(fields[i]);
            }
            if (value) {
                return String(value);
            }
        }
        return '';
    },

    differs: function(record, before) {
        for (var name in record) {
            if (name !== 'sys_updated_on' && record[name] !== before[name]) {
                return true;
            }
        }
        return false;
    },

    type: 'TrothSender'
};
