/** Codes an engine call can fail with. They cross the thread boundary as text, so they must stay stable. */
export type EngineErrorCode =
  'LISTENER_BIND_FAILED' | 'POOL_NOT_FOUND' | 'NODE_NOT_FOUND' | 'CLIENT_NOT_FOUND' | 'ENGINE_CLOSED' | 'CERTIFICATE_INVALID';

/** A failure the caller can act on: fact, cause, action in the message, a stable code beside it. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
  }
}
