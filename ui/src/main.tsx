/** Entry of the page: asks who is looking and draws. */
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/pages.css';
import './styles/terminal.css';

import '@preact/signals';
import { render } from 'preact';

import { load } from './api/auth';
import { App } from './app';

const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(<App />, root);
  void load();
}
