/** Entry of the page: asks who is looking and draws. */
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/costs.css';
import './styles/forms.css';
import './styles/isolation.css';
import './styles/pages.css';
import './styles/terminal.css';
import './layout/layout.css';
import './layout/phone.css';
import './styles/touch.css';
import './theme';

import '@preact/signals';
import { render } from 'preact';

import { load } from './api/auth';
import { App } from './app';
import { route } from './router';

const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(<App />, root);
  void load();
  if (route.peek().page === 'session') import('./term/view').catch(() => {}); // on its way while the server says who we are
}
