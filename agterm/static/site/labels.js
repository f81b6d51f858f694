// Names the search fields that stand in place of long selections, for screen readers; Django leaves them without one.
function name() {
  for (const select of document.querySelectorAll('select.admin-autocomplete')) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const shown = select.nextElementSibling;
    if (!label || !shown) continue;
    for (const part of shown.querySelectorAll('[role=combobox], [role=textbox]')) {
      part.removeAttribute('aria-labelledby');
      part.setAttribute('aria-label', label.textContent.replace(/:\s*$/, '').trim());
    }
  }
}

globalThis.django?.jQuery?.(name); // after Django's own, which makes those fields
