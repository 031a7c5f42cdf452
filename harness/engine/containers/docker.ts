import { request, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../../errors.ts'
import type { DockerAddress } from './docker-address.ts'
import { LogLines } from './log-lines.ts'

/** A line that a container wrote, and when the engine took it, in milliseconds since 1970. */
export interface LogLine {
  readonly text: string
  readonly at: number
}

/** What is asked of the engine about one container. */
export interface ContainerState {
  /** `running`, `paused`, `exited`, … */
  readonly status: string
  readonly exitCode: number
  /** Its address in a network, by the network's name. */
  readonly addresses: Readonly<Record<string, string>>
}

/** A stream of lines that goes on until it is closed or the container ends. */
export interface FollowedLog extends Disposable {
  /** Settles when no more lines come, with the reason. Never rejects. */
  readonly ended: Promise<string>
}

/** Longest wait for an answer of the engine. */
const ANSWER_MS = 10_000

const LONGEST_ANSWER = 1024 * 1024

/** Longest wait until what is to be removed is not in use any more. */
const REMOVAL_MS = 5000

const REMOVAL_PAUSE_MS = 100

interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: { readonly type: string; readonly bytes: Buffer }
  /** Statuses that are no error besides 2xx. */
  readonly also?: readonly number[]
}

/**
 * The few calls of the Docker Engine API (v1.40) that are needed while a run is on: from workers, for
 * which the whole of testcontainers would be slow to load, and for what it cannot do.
 *
 * Every method throws HarnessError `ERR_ENGINE_FAULT` when the engine refuses or does not answer in time.
 */
export class Docker {
  readonly address: DockerAddress

  constructor(address: DockerAddress) {
    this.address = address
  }

  async signal(container: string, signal: 'SIGHUP' | 'SIGUSR2'): Promise<void> {
    await this.#ask({ method: 'POST', path: `/containers/${container}/kill?signal=${signal}` })
  }

  /** Unpacks a tar archive into a folder of a container. Owners and modes are the archive's. */
  async unpackInto(container: string, folder: string, archive: Buffer): Promise<void> {
    await this.#ask({
      method: 'PUT',
      path: `/containers/${container}/archive?path=${encodeURIComponent(folder)}`,
      body: { type: 'application/x-tar', bytes: archive },
    })
  }

  async stateOf(container: string): Promise<ContainerState | 'gone'> {
    const path = `/containers/${container}/json`
    const answer = await this.#ask({ method: 'GET', path, also: [404] })
    if (answer.status === 404) return 'gone'
    const { State, NetworkSettings } = JSON.parse(answer.body) as {
      State: { Status: string; ExitCode: number }
      NetworkSettings: { Networks: Record<string, { IPAddress: string }> }
    }
    const networks = Object.entries(NetworkSettings.Networks)
    return {
      status: State.Status,
      exitCode: State.ExitCode,
      addresses: Object.fromEntries(networks.map(([name, { IPAddress }]) => [name, IPAddress])),
    }
  }

  /** The last lines of a container's log, oldest first. */
  async lastLines(container: string, count: number): Promise<readonly string[]> {
    const query = `stdout=1&stderr=1&timestamps=1&tail=${count}`
    const path = `/containers/${container}/logs?${query}`
    const { bytes } = await this.#ask({ method: 'GET', path, also: [404, 409] })
    const lines: LogLine[] = []
    new LogLines((line) => lines.push(line)).push(bytes)
    return lines.toSorted((one, other) => one.at - other.at).map(({ text }) => text)
  }

  /** Follows a container's log from now on. Resolves when the engine has begun to send. */
  follow(container: string, each: (line: LogLine) => void): Promise<FollowedLog> {
    const query = 'follow=1&stdout=1&stderr=1&timestamps=1&tail=0'
    const path = `/containers/${container}/logs?${query}`
    return new Promise((resolve, reject) => {
      const asked = request({ ...this.address, path, agent: false })
      const timer = setTimeout(() => {
        asked.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`))
      }, ANSWER_MS)
      asked.on('error', (error) => {
        clearTimeout(timer)
        reject(fault('follow the log of a container', error.message))
      })
      asked.on('response', (answer) => {
        clearTimeout(timer)
        if (answer.statusCode !== 200) {
          answer.resume()
          reject(fault('follow the log of a container', `status ${answer.statusCode ?? 0}`))
          return
        }
        resolve(linesOf(answer, each))
      })
      asked.end()
    })
  }

  /** Creates a bridge network. Gives its id. */
  async createNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<string> {
    const bytes = Buffer.from(JSON.stringify({ Name: name, Driver: 'bridge', Labels: labels }))
    const body = { type: 'application/json', bytes }
    const answer = await this.#ask({ method: 'POST', path: '/networks/create', body })
    return (JSON.parse(answer.body) as { Id: string }).Id
  }

  /** The id of an image; null = there is none of that name. */
  async imageId(name: string): Promise<string | null> {
    const path = `/images/${name}/json`
    const { status, body } = await this.#ask({ method: 'GET', path, also: [404] })
    return status === 404 ? null : (JSON.parse(body) as { Id: string }).Id
  }

  /** Pulls an image. @throws HarnessError `ERR_ENGINE_FAULT` with the engine's reason */
  async pull(image: string): Promise<void> {
    const path = `/images/create?fromImage=${encodeURIComponent(image)}`
    const { body } = await this.#ask({ method: 'POST', path })
    // The status is 200 before the registry is asked; a failure is the last of the lines.
    const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]
    if (error !== undefined) throw fault(`pull of ${image}`, error)
  }

  /**
   * Removes every container and network with a label, by force. What is still in use, or is being removed
   * for somebody else, is tried again until it is gone.
   */
  async removeLabelled(label: string): Promise<void> {
    const limit = performance.now() + REMOVAL_MS
    for (;;) {
      const left = await this.#tryToRemove(label)
      if (left === null) return
      if (performance.now() > limit) throw fault(`removal of all with ${label}`, left)
      await sleep(REMOVAL_PAUSE_MS)
    }
  }

  /** Why something with that label may still be there, or null = nothing is. */
  async #tryToRemove(label: string): Promise<string | null> {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }))
    const remove = async (path: string): Promise<string | null> => {
      // 409: its removal is in progress. 403: a network that something is connected to.
      const answer = await this.#ask({ method: 'DELETE', path, also: [403, 404, 409] })
      if (answer.status < 300 || answer.status === 404) return null
      return `status ${answer.status}, ${excerpt(answer.body)}`
    }
    const containers = await this.#list(`/containers/json?all=1&filters=${filters}`)
    const ofContainers = await Promise.all(
      containers.map((id) => remove(`/containers/${id}?force=1&v=1`)),
    )
    const networks = await this.#list(`/networks?filters=${filters}`)
    const ofNetworks = await Promise.all(networks.map((id) => remove(`/networks/${id}`)))
    return [...ofContainers, ...ofNetworks].find((reason) => reason !== null) ?? null
  }

  async #list(path: string): Promise<readonly string[]> {
    const { body } = await this.#ask({ method: 'GET', path })
    return (JSON.parse(body) as { Id: string }[]).map(({ Id }) => Id)
  }

  #ask({ method, path, body, also = [] }: Question): Promise<{
    readonly status: number
    readonly bytes: Buffer
    readonly body: string
  }> {
    const what = `${method} ${path.split('?', 1)[0] ?? ''}`
    return new Promise((resolve, reject) => {
      const asked = request({
        ...this.address,
        method,
        path,
        agent: false,
        headers:
          body === undefined
            ? { 'content-length': 0 }
            : { 'content-type': body.type, 'content-length': body.bytes.length },
      })
      const timer = setTimeout(() => {
        asked.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`))
      }, ANSWER_MS)
      const fail = (reason: string) => {
        clearTimeout(timer)
        reject(fault(what, reason))
      }
      asked.on('error', (error) => {
        fail(error.message)
      })
      asked.on('response', (answer) => {
        readWhole(answer).then(
          (bytes) => {
            clearTimeout(timer)
            const status = answer.statusCode ?? 0
            const isFine = (status >= 200 && status < 300) || also.includes(status)
            if (isFine) resolve({ status, bytes, body: bytes.toString() })
            else fail(`status ${status}, ${excerpt(bytes.toString())}`)
          },
          (error: unknown) => {
            fail(error instanceof Error ? error.message : String(error))
          },
        )
      })
      asked.end(body?.bytes)
    })
  }
}

const excerpt = (answer: string): string => answer.slice(0, 300).trim()

async function readWhole(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LONGEST_ANSWER) throw new Error('the answer is longer than 1 MiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function linesOf(answer: IncomingMessage, each: (line: LogLine) => void): FollowedLog {
  const lines = new LogLines(each)
  answer.on('data', (chunk: Buffer) => {
    lines.push(chunk)
  })
  const ended = new Promise<string>((resolve) => {
    answer.on('end', () => {
      resolve('its log has ended')
    })
    answer.on('error', (error) => {
      resolve(`its log broke off: ${error.message}`)
    })
    answer.on('close', () => {
      resolve('its log was closed')
    })
  })
  return {
    ended,
    [Symbol.dispose]() {
      answer.destroy()
    },
  }
}

function fault(what: string, reason: string): HarnessError {
  return new HarnessError('ERR_ENGINE_FAULT', `The Docker engine did not do ${what}: ${reason}.`, {
    hint: 'Look whether the Docker engine is up (`docker info`), and run again.',
  })
}
