import { draw } from '../dom'

const ICONS = {
  down: 'M6 9.500l6 6 6-6',
  cross: 'M6 6l12 12M18 6L6 18',
  sound: 'M6 16V11a6 6 0 1112 0v5l1.5 2h-15zM10 20.500a2.2 2.2 0 004 0',
  mute: 'M6 16V11a6 6 0 019-5.200M18 11v5l1.5 2H7M10 20.500a2.2 2.2 0 004 0M4 4l16 16',
  file: 'M13.5 3H7a1.5 1.5 0 00-1.5 1.500v15A1.5 1.5 0 007 21h10a1.5 1.5 0 001.5-1.500V8zM13.5 3v5h5',
  once: 'M5 12.500l4.5 4.500L19 7.5',
  twice: 'M2 12.500l4.5 4.500L16 7.500M12 16l1 1L22.5 7.5',
  mail: 'M4 5.500h16v13H4zM4 7l8 6 8-6',
}

export const icon = (name: keyof typeof ICONS): SVGSVGElement => draw(ICONS[name])
