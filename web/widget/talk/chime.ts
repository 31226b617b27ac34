/** Two soft notes, made on the spot: no file to load, nothing a policy could forbid. */
export function chime(): void {
  try {
    const context = new AudioContext()
    ;[660, 880].forEach((pitch, i) => {
      const at = context.currentTime + i * 0.12
      const tone = context.createOscillator()
      const volume = context.createGain()
      tone.frequency.value = pitch
      volume.gain.setValueAtTime(0.08, at)
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.3)
      tone.connect(volume).connect(context.destination)
      tone.start(at)
      tone.stop(at + 0.3)
    })
    setTimeout(() => void context.close(), 800)
  } catch {
    // No sound on this device, or not before the visitor touched the page.
  }
}
