import { expect, it } from 'vitest'
import { withoutHandlers } from './kit'

it.each([
  ['<p onclick="x()" class="a">b</p>', '<p  class="a">b</p>'],
  ["<img src=x onerror='x()'>", '<img src=x >'],
  ['<svg/onload=x()>', '<svg >'],
  ['<b style="background:url(x)">b</b>', '<b >b</b>'],
  ['a<script>x("</p>")</scr' + 'ipt><style>b{}</style>c', 'ac'],
  ['<p>online = "x" on=1</p>', '<p>online = "x" on=1</p>'],
])('makes of %s', (html, clean) => expect(withoutHandlers(html)).toBe(clean))
