import { describe, expect, it } from 'vitest'
import { destination } from './destination'

describe('destination', () => {
  it('goes back to the page that asked for signing in', () => {
    expect(destination('/tickets/mine?x=1')).toBe('/tickets/mine?x=1')
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'tickets', undefined, ['/a']])(
    'leaves the desk for nobody: %j',
    (next) => expect(destination(next)).toBe('/'),
  )

  it.each(['/sign-in?next=/x', '/link#token', '/forgot-password'])('does not go in a circle: %s', (next) =>
    expect(destination(next)).toBe('/'),
  )
})
