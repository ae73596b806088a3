// Grafana's scenes want the sixth generation of the router's names, which this package has.
const routerOfScenes = {
  name: 'router-of-scenes',
  enforce: 'pre',
  async resolveId(id, importer) {
    if (id === 'react-router-dom' && importer?.includes('@grafana/scenes')) {
      return this.resolve('react-router-dom-v5-compat', importer, { skipSelf: true });
    }
  },
};

export default {
  plugins: [routerOfScenes],
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  build: { chunkSizeWarningLimit: 20000, target: 'es2022' },
  esbuild: { jsx: 'automatic' },
  resolve: { dedupe: ['react', 'react-dom', '@grafana/data', '@grafana/ui', '@grafana/schema', '@grafana/runtime', 'rxjs'] },
};
