import type { Envelope, ErrorCode } from '../../shared/contract/envelope.ts';

const statuses: Record<ErrorCode, number> = {
  BAD_REQUEST: 400,
  CONFIG_INVALID: 400,
  CONFIG_SAVE_FAILED: 500,
  CONFLICT: 409,
  ENGINE_UNAVAILABLE: 500,
  FORBIDDEN: 403,
  INTERNAL: 500,
  LAB_NOT_RUNNING: 409,
  LAST_NODE: 409,
  LISTENER_BIND_FAILED: 409,
  NODE_NOT_FOUND: 404,
  CLIENT_NOT_FOUND: 404,
  POOL_NOT_FOUND: 404,
  RUN_NOT_FOUND: 404,
  BACKUP_NOT_FOUND: 404,
  RUN_SAVE_FAILED: 500,
  TOO_LARGE: 413,
  UNAUTHORIZED: 401,
  UNKNOWN_CHANNEL: 404,
};

export function httpStatus(envelope: Envelope): number {
  return envelope.ok ? 200 : statuses[envelope.error.code];
}
