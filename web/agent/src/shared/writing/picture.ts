import { mergeAttributes, Node } from '@tiptap/core'

export interface PictureOptions {
  /** Where the picture of a name can be seen now. */
  urlOf: (name: string) => string
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    picture: { insertPicture: (name: string, alt: string) => ReturnType }
  }
}

/** A picture in the midst of a text: one of the message's files, by its name in the mail. */
export const Picture = Node.create<PictureOptions>({
  name: 'picture',
  group: 'inline',
  inline: true,
  draggable: true,
  addOptions: () => ({ urlOf: () => '' }),
  addAttributes: () => ({
    name: {
      default: '',
      parseHTML: (element) => (element.getAttribute('src') ?? '').replace(/^cid:/, ''),
      renderHTML: (attributes) => ({ src: `cid:${String(attributes.name)}` }),
    },
    alt: { default: '' },
  }),
  parseHTML: () => [{ tag: 'img[src^="cid:file-"]' }, { tag: 'img[src^="cid:upload-"]' }],
  renderHTML: ({ HTMLAttributes }) => ['img', mergeAttributes(HTMLAttributes)],
  addCommands() {
    return {
      insertPicture:
        (name, alt) =>
        ({ commands }) =>
          commands.insertContent({ type: 'picture', attrs: { name, alt } }),
    }
  },
  addNodeView() {
    return ({ node }) => {
      const image = document.createElement('img')
      image.className = 'picture'
      const draw = (name: string, alt: string): void => {
        image.src = this.options.urlOf(name)
        image.alt = alt
        image.classList.toggle('uploading', name.startsWith('upload-'))
      }
      draw(String(node.attrs.name), String(node.attrs.alt))
      return {
        dom: image,
        update: (next) => {
          if (next.type.name !== 'picture') return false
          draw(String(next.attrs.name), String(next.attrs.alt))
          return true
        },
      }
    }
  },
})
