// The panels, drawn by Grafana's own components with the options that a dashboard gives them.
import { cacheFieldDisplayNames, getFieldDisplayValues, PanelPlugin, renderTextPanelMarkdown } from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, useTheme2, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';

const CUSTOM = {
  timeseries: [
    'axisBorderShow', 'axisCenteredZero', 'axisColorMode', 'axisLabel', 'axisPlacement', 'axisSoftMax', 'axisSoftMin', 'drawStyle', 'fillBelowTo', 'fillOpacity', 'gradientMode',
    'hideFrom', 'lineInterpolation', 'lineStyle', 'lineWidth', 'pointSize', 'scaleDistribution', 'showPoints', 'spanNulls', 'stacking',
    'thresholdsStyle',
  ],
  table: ['align', 'cellOptions', 'filterable', 'hidden', 'inspect', 'minWidth', 'width', 'wrapText', 'wrapHeaderText', 'footer'],
};

const editor = (path) => ({
  id: path, path, name: path, editor: () => null, override: () => null, process: (value) => value, shouldApply: () => true, defaultValue: undefined,
});

function Trend({ data, width, height, timeRange, timeZone, options, fieldConfig, replaceVariables }) {
  if (!data.series.length) {
    return <Empty said={fieldConfig.defaults.noValue} />;
  }
  const props = { width, height, timeRange, timeZone, legend: options.legend, options: {}, replaceVariables };
  return <TimeSeries frames={data.series} structureRev={data.structureRev ?? 1} {...props} />;
}

function displayed({ data, fieldConfig, options, replaceVariables, timeZone }, theme) {
  const reduceOptions = options.reduceOptions ?? { calcs: ['lastNotNull'], values: false };
  return getFieldDisplayValues({ fieldConfig, reduceOptions, data: data.series, replaceVariables, theme, timeZone, sparkline: options.graphMode === 'area' });
}

function Figure(props) {
  const theme = useTheme2();
  const { width, height, options } = props;
  const one = ({ value, width, height, count }) => (
    <BigValue
      value={value.display} sparkline={value.sparkline} width={width} height={height} count={count} theme={theme}
      colorMode={options.colorMode} graphMode={options.graphMode} justifyMode={options.justifyMode} textMode={options.textMode} text={options.text}
      disableWideLayout={!options.wideLayout}
    />
  );
  const orientation = options.orientation ?? 'auto';
  return (
    <VizRepeater
      getValues={() => displayed(props, theme)} getAlignmentFactors={() => ({})} renderValue={one} width={width} height={height} source={props.data}
      itemSpacing={3} renderCounter={props.renderCounter} autoGrid orientation={orientation}
    />
  );
}

function Bars(props) {
  const theme = useTheme2();
  const { width, height, options } = props;
  const one = ({ value: shown, width, height }) => (
    <BarGauge
      value={shown.display} width={width} height={height} field={shown.field} display={shown.view?.getFieldDisplayProcessor(shown.colIndex)}
      orientation={options.orientation} displayMode={options.displayMode} valueDisplayMode={options.valueMode}
      namePlacement={options.namePlacement} showUnfilled={options.showUnfilled} itemSpacing={8} theme={theme} text={options.text}
    />
  );
  return (
    <div style={{ width, height, overflow: 'hidden auto' }}>
      <VizRepeater
        getValues={() => displayed(props, theme)} getAlignmentFactors={() => ({})} renderValue={one} width={width} height={height}
        source={props.data} itemSpacing={10} renderCounter={props.renderCounter} orientation={options.orientation} minVizHeight={options.minVizHeight ?? 16}
        maxVizHeight={options.maxVizHeight ?? 300}
      />
    </div>
  );
}

function Rows({ data, width, height, options, fieldConfig, timeRange }) {
  if (!data.series.length || !data.series[0].length) {
    return <Empty said={fieldConfig.defaults.noValue} />;
  }
  cacheFieldDisplayNames(data.series);
  const props = { width, height, timeRange, fieldConfig, structureRev: data.structureRev ?? 1, initialSortBy: options.sortBy };
  return <TableNG data={data.series[0]} cellHeight={options.cellHeight} noHeader={!options.showHeader} {...props} />;
}

function Words({ options, replaceVariables, height }) {
  const html = renderTextPanelMarkdown(replaceVariables(options.content, {}, 'html'));
  return <div className="markdown-html" style={{ height, overflow: 'auto' }} dangerouslySetInnerHTML={{ __html: html }} />;
}

const Empty = ({ said }) => <div style={{ padding: 16, opacity: 0.6 }}>{said ?? 'No data'}</div>;

function plugin(id, component) {
  const made = new PanelPlugin(component);
  made.meta = { id, name: id, module: '', info: { version: '', logos: {} }, skipDataQuery: id === 'text' };
  const keys = CUSTOM[id] ?? [];
  return made.useFieldConfig({ useCustomConfig: (builder) => keys.forEach((key) => builder.addCustomEditor(editor(key))) });
}

export const PLUGINS = {
  timeseries: plugin('timeseries', Trend),
  stat: plugin('stat', Figure),
  bargauge: plugin('bargauge', Bars),
  table: plugin('table', Rows),
  text: plugin('text', Words),
};
