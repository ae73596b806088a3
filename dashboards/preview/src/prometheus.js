// Prometheus as a datasource of Grafana's scenes, and its variables' two ways to ask: label_values(...) and query_result(...).
import { FieldType, LoadingState, toDataFrame } from '@grafana/data';
import { RuntimeDataSource, sceneGraph } from '@grafana/scenes';
import { from } from 'rxjs';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 };

export class Prometheus extends RuntimeDataSource {
  constructor(now) {
    super('prometheus', 'prometheus');
    this.now = now;
  }

  interpolateVariablesInQueries(queries) {
    return queries;
  }

  testDatasource() {
    return Promise.resolve({ status: 'success', message: '' });
  }

  query(request) {
    return from(
      Promise.all(request.targets.map((target) => this.frames(request, target))).then((frames) => ({
        data: frames.flat(),
        state: LoadingState.Done,
        key: request.requestId,
      }))
    );
  }

  async frames(request, target) {
    const step = stepOf(request);
    const builtin = { __interval: { value: `${step}s` }, __rate_interval: { value: `${Math.max(step, 60)}s` } };
    const scene = request.scopedVars.__sceneObject.value.valueOf();
    const query = sceneGraph.interpolate(scene, target.expr, { ...request.scopedVars, ...builtin }, alternatives);
    if (target.instant) {
      const series = await this.ask('query', { query, time: this.now });
      return target.format === 'table' ? [table(target, series, request)] : series.map((one) => instant(target, one));
    }
    const end = Math.floor(request.range.to.unix() / step) * step;
    const start = Math.floor(request.range.from.unix() / step) * step;
    return (await this.ask('query_range', { query, start, end, step })).map((one) => overTime(target, one));
  }

  async ask(what, parameters) {
    const answer = await (await fetch(`/api/v1/${what}?${new URLSearchParams(parameters)}`)).json();
    if (answer.status !== 'success') {
      throw new Error(`${parameters.query}: ${answer.error}`);
    }
    return answer.data.result ?? answer.data;
  }

  async metricFindQuery(written, options) {
    const scene = options?.scopedVars?.__sceneObject?.value.valueOf();
    const asked = scene ? sceneGraph.interpolate(scene, written, options.scopedVars) : written;
    const labelled = asked.match(/^label_values\((.*), (\w+)\)$/);
    if (labelled) {
      const names = await this.ask(`label/${labelled[2]}/values`, { 'match[]': labelled[1], start: this.now - 3600, end: this.now });
      return names.map((text) => ({ text, value: text }));
    }
    const series = await this.ask('query', { query: asked.match(/^query_result\((.*)\)$/s)[1], time: this.now });
    return series.map((one) => ({ text: asText(one) }));
  }
}

const alternatives = (value) => (Array.isArray(value) ? `(${value.join('|')})` : String(value));

function stepOf(request) {
  const found = /^(\d+)(\w)$/.exec(request.interval ?? '') ?? [0, '60', 's'];
  return Math.max(Number(found[1]) * SECONDS[found[2]], 15);
}

function asText({ metric, value }) {
  const labels = Object.entries(metric).map(([name, label]) => `${name}="${label}"`);
  return `{${labels.join(',')}} ${value[1]} ${value[0] * 1000}`;
}

function named(target, metric) {
  return (target.legendFormat ?? '').replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => metric[name] ?? '') || JSON.stringify(metric);
}

function series(target, metric, times, values) {
  const config = { displayNameFromDS: named(target, metric) };
  const fields = [
    { name: 'Time', type: FieldType.time, values: times },
    { name: 'Value', type: FieldType.number, labels: metric, values, config },
  ];
  return toDataFrame({ refId: target.refId, fields });
}

const instant = (target, { metric, value }) => series(target, metric, [value[0] * 1000], [Number(value[1])]);

const overTime = (target, { metric, values }) =>
  series(target, metric, values.map((point) => point[0] * 1000), values.map((point) => Number(point[1])));

function table(target, found, request) {
  const labels = [...new Set(found.flatMap((one) => Object.keys(one.metric)))].sort();
  const name = request.targets.length > 1 ? `Value #${target.refId}` : 'Value';
  const fields = [
    { name: 'Time', type: FieldType.time, values: found.map((one) => one.value[0] * 1000) },
    ...labels.map((label) => ({ name: label, type: FieldType.string, values: found.map((one) => one.metric[label]) })),
    { name, type: FieldType.number, values: found.map((one) => Number(one.value[1])) },
  ];
  return toDataFrame({ refId: target.refId, fields });
}
