/** A request on the control port that is understood and refused. The message is the answer's sentence. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: 401 | 404 | 409 | 429

  constructor(status: Refused['status'], sentence: string) {
    super(sentence)
    this.status = status
  }
}
