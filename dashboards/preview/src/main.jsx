// Draws one dashboard as Grafana would: ?dashboard=trust&now=<seconds>&mode=light&<variable>=<value>
import '@grafana/react-data-grid/lib/styles.css';
import { ThemeContext } from '@grafana/data';
import { config, locationService, LocationServiceProvider } from '@grafana/runtime';
import {
  ConstantVariable, EmbeddedScene, LocalValueVariable, QueryVariable, SceneDataTransformer, SceneGridItem, SceneGridLayout, SceneQueryRunner,
  SceneTimeRange, SceneVariableSet, VariableValueSelectors, VizPanel,
} from '@grafana/scenes';
import { GlobalStyles } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { Router } from 'react-router-dom';
import { CompatRouter } from 'react-router-dom-v5-compat';
import { PLUGINS } from './plugins.jsx';
import { Prometheus } from './prometheus.js';
import { register } from './registries.js';

const asked = new URLSearchParams(location.search);
const now = Number(asked.get('now'));
const source = new Prometheus(now);
const theme = register(asked.get('mode') ?? 'light', PLUGINS, source);
const SOURCE = { uid: 'prometheus', type: 'prometheus' };
const WHOLE = 24;

async function valuesOf(variable) {
  const found = await source.metricFindQuery(variable.query);
  const pattern = variable.regex ? new RegExp(variable.regex.replace(/^\/|\/$/g, '')) : null;
  return found.map(({ text }) => (pattern ? pattern.exec(text)?.[1] : text)).filter(Boolean);
}

function variableOf(variable) {
  if (variable.type === 'constant') {
    return new ConstantVariable({ name: variable.name, value: variable.query, hide: 2 });
  }
  const { name, label, hide, query, regex, sort, multi: isMulti, includeAll } = variable;
  const chosen = asked.get(name);
  const value = chosen ?? (includeAll ? '$__all' : '');
  return new QueryVariable({ name, label, hide, query, regex, sort, isMulti, includeAll, datasource: SOURCE, value, text: chosen ?? '', refresh: 1 });
}

function dataOf(panel) {
  if (!panel.targets?.length) {
    return undefined;
  }
  const runner = new SceneQueryRunner({ datasource: SOURCE, queries: panel.targets, minInterval: panel.interval, maxDataPointsFromWidth: true });
  return panel.transformations?.length ? new SceneDataTransformer({ $data: runner, transformations: panel.transformations }) : runner;
}

function item(panel, place, local) {
  const { type: pluginId, title, description, options = {}, fieldConfig = { defaults: {}, overrides: [] } } = panel;
  const $variables = local ? new SceneVariableSet({ variables: [new LocalValueVariable(local)] }) : undefined;
  const body = new VizPanel({ pluginId, title, description, options, fieldConfig, $data: dataOf(panel), $variables, hoverHeader: !title });
  return new SceneGridItem({ ...place, isResizable: false, isDraggable: false, body });
}

// A repeated panel is one for each value of its variable, side by side; what lies below moves down.
async function items(dashboard) {
  const made = [];
  let lower = 0;
  for (const panel of dashboard.panels) {
    const { x, y, w, h } = panel.gridPos;
    if (!panel.repeat) {
      made.push(item(panel, { x, y: y + lower, width: w, height: h }));
      continue;
    }
    const values = await valuesOf(dashboard.templating.list.find((one) => one.name === panel.repeat));
    const across = Math.min(panel.maxPerRow, values.length);
    values.forEach((value, index) => {
      const place = { x: (index % across) * (WHOLE / across), y: y + lower + Math.floor(index / across) * h, width: WHOLE / across, height: h };
      made.push(item(panel, place, { name: panel.repeat, value, text: value }));
    });
    lower += (Math.ceil(values.length / across) - 1) * h;
  }
  return made;
}

async function draw() {
  const dashboard = await (await fetch(`/dashboards/${asked.get('dashboard')}.json`)).json();
  const days = Number(asked.get('days')) || Number(/^now-(\d+)d$/.exec(dashboard.time.from)?.[1] ?? 1);
  const scene = new EmbeddedScene({
    $timeRange: new SceneTimeRange({ from: moment(now - days * 86400), to: moment(now), timeZone: 'utc' }),
    $variables: new SceneVariableSet({ variables: dashboard.templating.list.filter((one) => one.type !== 'datasource').map(variableOf) }),
    controls: [new VariableValueSelectors({})],
    body: new SceneGridLayout({ children: await items(dashboard), isLazy: false }),
  });
  document.body.style.background = theme.colors.background.canvas;
  createRoot(document.getElementById('root')).render(<Page scene={scene} title={dashboard.title} />);
}

const Page = ({ scene, title }) => (
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <LocationServiceProvider service={locationService}>
      <Router history={locationService.getHistory()}>
        <CompatRouter>
          <div style={{ padding: 16 }}>
            <h4>{title}</h4>
            <scene.Component model={scene} />
          </div>
        </CompatRouter>
      </Router>
    </LocationServiceProvider>
  </ThemeContext.Provider>
);

const moment = (seconds) => new Date(seconds * 1000).toISOString();

config.featureToggles = {};
draw();
