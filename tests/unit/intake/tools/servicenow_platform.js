/* As much of ServiceNow as its scripts see: records of tables in memory, and posts that are answered as the test says. */
var tables = {}, posted = [], errors = [], answers = [], clock = 0;
var properties = {
    'troth.url': 'https://troth.example/webhooks/servicenow', 'troth.token': 'change-me\n', 'glide.servlet.uri': 'https://acme.example/'
};
var gs = {
    getProperty: function(name, otherwise) { return name in properties ? properties[name] : otherwise === undefined ? null : otherwise; },
    generateGUID: function() { return 'guid-' + (++clock); },
    error: function(text) { errors.push(text); }
};
var Class = { create: function() { return function() { this.initialize.apply(this, arguments); }; } };

function GlideDateTime() {}
GlideDateTime.prototype.getValue = function() { return '2026-04-10 00:00:00'; };

function GlideRecord(table) { this.table = table; this.conditions = []; this.at = -1; }
GlideRecord.prototype = {
    initialize: function() { this.fields = {}; },
    setValue: function(name, value) { this.fields[name] = value; },
    getValue: function(name) { return this.fields[name] === undefined ? null : this.fields[name]; },
    getUniqueValue: function() { return this.fields.sys_id; },
    insert: function() {
        if (!(this.table in tables)) { return null; }
        this.fields.sys_id = 'row-' + (++clock);
        this.fields.sys_created_on = clock;
        tables[this.table].push(this.fields);
        return this.fields.sys_id;
    },
    update: function() { return this.fields.sys_id; },
    addNullQuery: function(name) { this.conditions.push(name); },
    orderBy: function(name) { this.order = name; },
    setLimit: function(limit) { this.limit = limit; },
    query: function() {
        var self = this;
        this.found = tables[this.table].filter(function(row) {
            return self.conditions.every(function(name) { return !row[name]; });
        });
        this.found.sort(function(one, other) { return one[self.order] - other[self.order]; });
        this.found = this.found.slice(0, this.limit);
    },
    next: function() { this.fields = this.found[++this.at]; return this.fields !== undefined; },
    deleteRecord: function() { tables[this.table].splice(tables[this.table].indexOf(this.fields), 1); return true; }
};

/* The record that a business rule is given: what the database has, and beside it what a user reads. */
function Changed(table, operation, values, labels) {
    this.getTableName = function() { return table; };
    this.getUniqueValue = function() { return values.sys_id; };
    this.operation = function() { return operation; };
    this.isValidField = function(name) { return name in values; };
    this.getValue = function(name) { return values[name]; };
    this.getDisplayValue = function(name) { return name in labels ? labels[name] : values[name]; };
}

var sn_ws = {};
sn_ws.RESTMessageV2 = function() { this.sent = { headers: {} }; };
sn_ws.RESTMessageV2.prototype = {
    setEndpoint: function(url) { this.sent.url = url; },
    setHttpMethod: function(method) { this.sent.method = method; },
    setHttpTimeout: function() {},
    setRequestHeader: function(name, value) { this.sent.headers[name] = value; },
    setRequestBody: function(body) { this.sent.body = body; },
    execute: function() {
        var status = answers.length ? answers.shift() : 202;
        if (status === 'timeout') { throw new Error('Read timed out'); }
        posted.push(this.sent);
        return {
            getStatusCode: function() { return status; }, getBody: function() { return 'said ' + status; }, getErrorMessage: function() { return ''; }
        };
    }
};
