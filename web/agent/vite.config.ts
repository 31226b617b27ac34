import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { aliases } from '../aliases'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: at('.'),
  base: '/',
  plugins: [vue()],
  resolve: { alias: aliases },
  define: { __VUE_I18N_LEGACY_API__: 'false', __INTLIFY_PROD_DEVTOOLS__: 'false' },
  server: {
    proxy: { '/api': process.env.OMBUD_URL ?? 'http://127.0.0.1:8000' },
  },
  build: {
    outDir: at('../../src/ombud/web_dist/agent'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
})
