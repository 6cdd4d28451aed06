import { EventEmitter } from 'node:events';
import { noted } from './call-log.ts';

/** An announcement that is noted instead of shown; a spec clicks it by emitting `click`. */
export class Notification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  static isSupported(): boolean {
    return true;
  }
  constructor({ title = '', body = '' }: { title?: string; body?: string } = {}) {
    super();
    this.title = title;
    this.body = body;
  }
  show(): void {
    noted('notification.show')({ title: this.title, body: this.body });
    this.emit('show');
  }
  close(): void {
    this.emit('close', {});
  }
}
