import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, defineConfig, type InlineConfig, type Rollup } from 'vite'

/** All that loads before the first message is widget.js: the build fails past this. */
const LIMIT_BYTES = 15_000

const root = fileURLToPath(new URL('.', import.meta.url))
const outDir = fileURLToPath(new URL('../../src/ombud/web_dist/widget', import.meta.url))

function part(entry: string, formats: ['iife' | 'es'], fileName: string, isFirst: boolean): InlineConfig {
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: isFirst,
      target: ['es2022', 'safari15.4'],
      lib: { entry, formats, name: 'ombudWidget', fileName: () => fileName },
      rollupOptions: { output: { entryFileNames: fileName } },
      minify: 'esbuild' as const,
      reportCompressedSize: false,
    },
  }
}

function weigh(fileName: string, code: string): void {
  const bytes = gzipSync(code, { level: 9 }).length
  console.log(`${fileName}: ${bytes} bytes gzipped`)
  if (fileName === 'widget.js' && bytes > LIMIT_BYTES)
    throw new Error(`widget.js: more than ${LIMIT_BYTES} bytes`)
}

/** The second part first: its name, which changes with its content, is written into the first. */
async function buildTalk(): Promise<string> {
  const [built] = (await build(
    part('talk/index.ts', ['es'], 'talk-[hash].js', true),
  )) as Rollup.RollupOutput[]
  const [chunk] = built?.output ?? []
  if (!chunk) throw new Error('the second part was not built')
  weigh(chunk.fileName, chunk.code)
  return chunk.fileName
}

export default defineConfig(async () => ({
  ...part('index.ts', ['iife'], 'widget.js', false),
  define: { __TALK__: JSON.stringify(await buildTalk()) },
  plugins: [
    {
      name: 'weigh',
      writeBundle: (_: unknown, bundle: Rollup.OutputBundle) => {
        for (const [name, file] of Object.entries(bundle)) if (file.type === 'chunk') weigh(name, file.code)
      },
    },
  ],
}))
