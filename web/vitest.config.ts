import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { aliases } from './aliases'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: aliases },
  test: {
    environment: 'jsdom',
    setupFiles: ['./vitest.setup.ts'],
    // one bundle instead of a thousand files: the component library dominates the time otherwise
    deps: { optimizer: { web: { enabled: true, include: ['lucide-vue-next'] } } },
    include: ['{agent,ui,api,widget}/**/*.spec.ts'],
    environmentOptions: { jsdom: { url: 'http://desk.test/' } },
  },
})
