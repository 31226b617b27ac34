import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { aliases } from './aliases'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: aliases },
  test: {
    environment: 'jsdom',
    include: ['{agent,ui,api,widget}/**/*.spec.ts'],
    environmentOptions: { jsdom: { url: 'http://desk.test/' } },
  },
})
