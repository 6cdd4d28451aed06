import './no-eval.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import { createClient } from '../bridge/client.ts';
import { electronTransport } from '../bridge/electron.ts';
import { httpTransport } from '../bridge/http.ts';
import { mount } from './mount.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');
mount(root, createClient(electronTransport() ?? httpTransport()));
