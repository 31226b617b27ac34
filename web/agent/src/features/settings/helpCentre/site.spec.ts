import { describe, expect, it } from 'vitest'
import { checkSite, siteBody, siteForm, type PortalSite } from './site'

const t = (key: string): string => key
const site: PortalSite = {
  brand_id: 1,
  brand: 'Lanjia',
  key: 'lanjia',
  host: null,
  is_on: false,
  has_portal: false,
  look: {},
  logo_url: null,
  form_channel_id: null,
  has_jwt_secret: false,
  jwt_made_at: null,
  jwt_audience: 'ombud-portal:lanjia',
  url: 'https://desk.example/help',
  portal_url: 'https://desk.example/portal',
  version: 3,
}

describe('a help centre in the settings', () => {
  it('goes to the server as it came, where nothing was changed', () => {
    const body = siteBody(siteForm(site), site.version)
    expect(body).toMatchObject({ version: 3, key: 'lanjia', host: null, form_channel_id: null })
    expect(body.look.time_zone).toBe('UTC')
    expect(body.look).not.toHaveProperty('key')
  })

  it('keeps hosts in lower case and links without blanks', () => {
    const links = [{ name: { en: 'Shop', 'zh-CN': '商城' }, url: ' https://shop.example ' }]
    const body = siteBody({ ...siteForm(site), host: ' Help.Lanjia.Example ', links }, 3)
    expect(body.host).toBe('help.lanjia.example')
    expect(body.look.links[0]?.url).toBe('https://shop.example')
  })

  it.each([
    [{ key: 'Lanjia Shop' }, 'key'],
    [{ host: 'https://x.example' }, 'host'],
    [{ accent: 'teal' }, 'accent'],
    [{ has_portal: true, form_channel_id: 0 }, 'form_channel_id'],
    [{ links: [{ name: { en: '', 'zh-CN': '' }, url: 'javascript:alert(1)' }] }, 'link0'],
  ])('says what is wrong with %j', (change, field) => {
    expect(Object.keys(checkSite({ ...siteForm(site), ...change }, t))).toEqual([field])
  })

  it('finds nothing wrong with a site that has just its defaults', () => {
    expect(checkSite(siteForm(site), t)).toEqual({})
  })
})
