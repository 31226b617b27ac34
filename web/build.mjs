// Builds every front end that is there into ../src/ombud/web_dist and prints what the first screen weighs.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))
const FIRST_SCREEN_LIMIT_KB = 350

for (const app of ['agent', 'widget']) {
  const configFile = join(here, app, 'vite.config.ts')
  if (existsSync(configFile)) await build({ configFile, logLevel: 'warn' })
}

const out = join(here, '../src/ombud/web_dist/agent')
const manifest = JSON.parse(readFileSync(join(out, '.vite/manifest.json'), 'utf8'))

/** Every file that a cold first screen loads: the entry, what it imports, and the workspace's own route. */
function closure(keys) {
  const files = new Set()
  const seen = new Set()
  const visit = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    const chunk = manifest[key]
    files.add(chunk.file)
    for (const css of chunk.css ?? []) files.add(css)
    for (const next of chunk.imports ?? []) visit(next)
  }
  keys.forEach(visit)
  return [...files]
}

const wanted = Object.keys(manifest).filter(
  (key) =>
    manifest[key].isEntry ||
    /(WorkspacePage|AppShell)/.test(key) ||
    /locales\/zh-CN\/(app|errors|tickets|notifications)\.json$/.test(key),
)
const kilobytes =
  closure(wanted).reduce((sum, file) => sum + gzipSync(readFileSync(join(out, file))).length, 0) / 1024
console.log(`first screen: ${kilobytes.toFixed(1)} kB gzipped (limit ${FIRST_SCREEN_LIMIT_KB})`)
if (kilobytes > FIRST_SCREEN_LIMIT_KB) process.exitCode = 1
