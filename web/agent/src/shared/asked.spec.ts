import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useAsked } from './asked'

async function page(address: string) {
  const items = ref<{ id: number }[]>([])
  const open = vi.fn()
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/', component: { render: () => null } }],
  })
  await router.push(address)
  const setup = () => {
    useAsked(items, open)
    return () => h('i')
  }
  mount(defineComponent({ setup }), { global: { plugins: [router] } })
  return { items, open, router }
}

describe('useAsked', () => {
  it('opens what the address asks for once the list is there, and only once', async () => {
    const { items, open, router } = await page('/?open=7&part=blocks')
    expect(open).not.toHaveBeenCalled()
    items.value = [{ id: 3 }, { id: 7 }]
    await flushPromises()
    items.value = [{ id: 7 }]
    await flushPromises()
    expect(open.mock.calls).toEqual([[{ id: 7 }]])
    expect(router.currentRoute.value.query).toEqual({ part: 'blocks' })
  })

  it('opens nothing where the address asks for nothing, or for what is gone', async () => {
    for (const address of ['/', '/?open=9', '/?open=x']) {
      const { items, open } = await page(address)
      items.value = [{ id: 7 }]
      await flushPromises()
      expect(open).not.toHaveBeenCalled()
    }
  })
})
