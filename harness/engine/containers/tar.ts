/** What a file holds; text is written as UTF-8. */
export type FileContent = Buffer | string

/** A file or folder for {@link tarOf}. */
export interface TarEntry {
  /** Relative, at most 100 characters; a folder's ends in a slash. */
  readonly path: string
  readonly content: FileContent
  readonly mode: number
  /** Owner and group, as numbers: the containers have no list of users. */
  readonly owner: number
}

const BLOCK = 512

/** A private file of a user. */
export function privateFile(path: string, content: FileContent, owner: number): TarEntry {
  return { path, content, mode: 0o600, owner }
}

/** A private folder of a user. */
export function privateFolder(path: string, owner: number): TarEntry {
  return { path: `${path}/`, content: '', mode: 0o700, owner }
}

/** A tar archive (POSIX ustar). docker cp and testcontainers write files as root, which our users cannot read. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content)
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)
    return [headerOf(entry, content.length), content, padding]
  })
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}

function headerOf({ path, mode, owner }: TarEntry, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new RangeError(`${path} is too long for a tar header`)
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, length: number) =>
    `${value.toString(8).padStart(length - 1, '0')}\0`
  header.write(path, 0)
  header.write(octal(mode, 8), 100)
  header.write(octal(owner, 8), 108)
  header.write(octal(owner, 8), 116)
  header.write(octal(size, 12), 124)
  header.write(octal(0, 12), 136)
  header.write(' '.repeat(8), 148)
  header.write(path.endsWith('/') ? '5' : '0', 156)
  header.write('ustar\0' + '00', 257)
  const sum = header.reduce((total, octet) => total + octet, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
