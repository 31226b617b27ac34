import type { Notification as DeskNotification } from '@api'
import { ref, watch } from 'vue'

const SOUND_KEY = 'ombud.sound'
const ALERT_KEY = 'ombud.alerts'

/** Kept per browser: the permission is the browser's, and the sound is the room's. */
export const hasSound = ref(localStorage.getItem(SOUND_KEY) === 'on')
export const hasAlerts = ref(
  localStorage.getItem(ALERT_KEY) === 'on' &&
    'Notification' in window &&
    Notification.permission === 'granted',
)

watch(hasSound, (on) => localStorage.setItem(SOUND_KEY, on ? 'on' : 'off'))
watch(hasAlerts, (on) => localStorage.setItem(ALERT_KEY, on ? 'on' : 'off'))
// another tab of this browser was asked
window.addEventListener('storage', ({ key, newValue }) => {
  if (key === SOUND_KEY) hasSound.value = newValue === 'on'
  if (key === ALERT_KEY) hasAlerts.value = newValue === 'on'
})

/** Switch notices of the browser on or off; false if the person or the browser forbids them. */
export async function setAlerts(on: boolean): Promise<boolean> {
  if (on && !('Notification' in window)) return false
  hasAlerts.value = on && (await Notification.requestPermission()) === 'granted'
  return hasAlerts.value === on
}

/** Switch the sound on or off; on is heard at once. */
export function setSound(on: boolean): void {
  hasSound.value = on
  playSound()
}

/** Two soft notes; nothing to load. */
export function playSound(): void {
  if (!hasSound.value) return
  const audio = new AudioContext()
  // born asleep in a tab that nobody has touched yet; it sounds if the browser lets it
  void audio.resume()
  const gain = audio.createGain()
  gain.connect(audio.destination)
  gain.gain.setValueAtTime(0.06, audio.currentTime)
  gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.5)
  for (const [i, hertz] of [660, 880].entries()) {
    const tone = audio.createOscillator()
    tone.frequency.value = hertz
    tone.connect(gain)
    tone.start(audio.currentTime + i * 0.12)
    tone.stop(audio.currentTime + 0.5)
  }
  window.setTimeout(() => void audio.close(), 800)
}

/** A notice of the browser while the desk is not in front. */
export function alertOf(title: string, notification: DeskNotification, open: () => void): void {
  if (!hasAlerts.value || document.hasFocus()) return
  const notice = new Notification(title, {
    body: notification.subject,
    tag: `ombud-${String(notification.ticket_id ?? `n${String(notification.id)}`)}`,
  })
  notice.onclick = () => {
    window.focus()
    open()
    notice.close()
  }
}
