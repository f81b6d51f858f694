/** Entry of the page for guests: one terminal, for who followed a link that was shared with them. */
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/forms.css';
import './styles/terminal.css';
import './theme';

import '@preact/signals';
import { render } from 'preact';

import { Toasts } from './ui/toast';
import { SharedPage } from './views/shares/page';

const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(
    <>
      <SharedPage />
      <Toasts />
    </>,
    root,
  );
}
