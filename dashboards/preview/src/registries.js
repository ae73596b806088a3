// What Grafana's application registers at its start, and its packages rely on.
import {
  createTheme, EventBusSrv, FieldType, LoadingState, standardEditorsRegistry, standardFieldConfigEditorRegistry, standardTransformers,
  standardTransformersRegistry,
} from '@grafana/data';
import { config, setAppEvents, setPluginImportUtils, setRunRequest } from '@grafana/runtime';
import { sceneUtils } from '@grafana/scenes';
import { from } from 'rxjs';
import { map } from 'rxjs/operators';

const FIELD_OPTIONS = ['unit', 'min', 'max', 'decimals', 'displayName', 'noValue', 'thresholds', 'mappings', 'color', 'links', 'filterable'];

export function register(mode, plugins, datasource) {
  const theme = createTheme({ colors: { mode } });
  config.theme2 = theme;
  standardTransformersRegistry.setInit(transformers);
  standardEditorsRegistry.setInit(() => []);
  standardFieldConfigEditorRegistry.setInit(() => FIELD_OPTIONS.map(fieldOption));
  setPluginImportUtils({ importPanelPlugin: (id) => Promise.resolve(plugins[id]), getPanelPluginFromCache: (id) => plugins[id] });
  setAppEvents(new EventBusSrv());
  setRunRequest(runRequest);
  sceneUtils.registerRuntimeDataSource({ dataSource: datasource });
  Object.entries(plugins).forEach(([pluginId, plugin]) => sceneUtils.registerRuntimePanelPlugin({ pluginId, plugin }));
  return theme;
}

function transformers() {
  const byId = new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
  return [...byId.values()].map((one) => ({ id: one.id, transformation: () => Promise.resolve(one), name: one.name, editor: () => null }));
}

function fieldOption(id) {
  return {
    id, path: id, name: id, override: () => null, editor: () => null, process: (value) => value, getItemsCount: () => 0,
    shouldApply: (field) => (['thresholds', 'min', 'max'].includes(id) ? field.type === FieldType.number : true),
    defaultValue: id === 'color' ? { mode: 'palette-classic' } : id === 'mappings' ? [] : undefined,
  };
}

function runRequest(datasource, request) {
  const done = (answer) => ({ state: LoadingState.Done, series: answer.data, annotations: [], request, timeRange: request.range });
  return from(datasource.query(request)).pipe(map(done));
}
