
// Filters, sorting and keys of the HTML report. Without it the page can be read all the same.
// Text from the report becomes text only: nothing here makes markup of it.
'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const root = document.documentElement;

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // ---- Light and dark: the system's, until the button says otherwise.
  const theme = byId('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  const nameTheme = () => { theme.textContent = isDark() ? 'Light' : 'Dark'; };
  theme.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    nameTheme();
  });
  system.addEventListener('change', nameTheme);
  nameTheme();
  theme.parentElement.hidden = false;

  // ---- Help.
  const help = byId('help');
  byId('help-button').addEventListener('click', () => help.showModal());
  help.querySelector('button').addEventListener('click', () => help.close());

  // ---- A link to something folded unfolds it.
  const reveal = () => {
    const target = byId(location.hash.slice(1));
    if (!target) return;
    for (let each = target; each; each = each.parentElement) {
      if (each instanceof HTMLDetailsElement) each.open = true;
    }
    target.scrollIntoView();
    if (target instanceof HTMLDetailsElement) target.querySelector('summary').focus();
  };
  addEventListener('hashchange', reveal);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) reveal();
  });

  // ---- Buttons that copy; inside what is folded, once it is unfolded.
  const copy = async (button, code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'copied';
    } catch {
      getSelection().selectAllChildren(code);  // to be copied by hand
      button.textContent = 'selected';
    }
    setTimeout(() => { button.textContent = 'copy'; }, 1500);
  };
  const addCopyButtons = (within) => {
    for (const code of within.querySelectorAll('code.copy')) {
      code.classList.remove('copy');
      const button = element('button', {
        type: 'button', class: 'copy-button', 'aria-label': `Copy ${code.textContent}`,
      }, 'copy');
      button.addEventListener('click', () => copy(button, code));
      code.after(button);
    }
  };
  const steps = document.querySelector('.steps');
  if (steps) addCopyButtons(steps);
  document.addEventListener('toggle', (event) => {
    if (event.target.open && event.target.matches('.session')) addCopyButtons(event.target);
  }, true);

  // ---- The list of sessions.
  const NAME = 0, VERDICT = 1, TRANSPORT = 2, OUTCOME = 3, DIFFERENCES = 4, COLUMNS = 5,
    COMPARED = 6, MASKED = 7, NOT_OBSERVED = 8, ID = 9;
  const table = byId('session-table');

  const startList = () => {
    const data = JSON.parse(byId('data').textContent);
    const all = data.sessions;
    const body = table.tBodies[0];
    const filter = byId('filter');
    const transport = byId('transport');
    const column = byId('column');
    const verdicts = new Set();
    const sort = {key: VERDICT, descending: true};
    let limit = data.rows;

    const number = (value) => element('td', {class: 'number'}, value.toLocaleString('en-US'));
    // The same as session_list.cc makes.
    const row = (session) => {
      const [name, sign] = data.verdicts[session[VERDICT]];
      const code = element('code', {}, session[NAME]);
      return element('tr', {},
        element('th', {scope: 'row'},
          session[ID] ? element('a', {href: `#${session[ID]}`}, code) : code),
        element('td', {}, element('span', {class: `tag v-${name}`},
          element('span', {class: 'sign', 'aria-hidden': 'true'}, sign), ` ${name}`)),
        element('td', {}, session[TRANSPORT]),
        element('td', {}, session[OUTCOME]),
        number(session[DIFFERENCES]),
        element('td', {}, session[COLUMNS]),
        number(session[COMPARED]),
        number(session[MASKED]),
        number(session[NOT_OBSERVED]));
    };

    const isWanted = (session, text) =>
      (!text || session[NAME].toLowerCase().includes(text)) &&
      (!verdicts.size || verdicts.has(session[VERDICT])) &&
      (!transport.value || session[TRANSPORT] === transport.value) &&
      (!column.value || session[COLUMNS].split(', ').includes(column.value));

    const compare = (a, b) => {
      const [x, y] = [a[sort.key], b[sort.key]];
      const order = x < y ? -1 : x > y ? 1 : 0;
      return sort.descending ? -order : order;
    };

    const more = byId('more') ?? table.parentElement.appendChild(element('p', {id: 'more'}));
    table.parentElement.after(more);
    const moreButton = element('button', {type: 'button'});
    moreButton.addEventListener('click', () => {
      const first = limit;
      limit += 2000;
      show();
      focusOn(body.rows[first]);
    });
    const tellMore = (wanted) => {
      const rest = wanted - limit;
      more.hidden = rest <= 0;
      moreButton.textContent = `Show ${Math.min(rest, 2000).toLocaleString('en-US')} more`;
      more.replaceChildren(moreButton);
    };

    const show = () => {
      const text = filter.value.trim().toLowerCase();
      const wanted = all.filter((session) => isWanted(session, text));
      wanted.sort(compare);
      body.replaceChildren(...wanted.slice(0, limit).flatMap((session) => [row(session), '\n']));
      const counts = [wanted.length, all.length].map((value) => value.toLocaleString('en-US'));
      byId('shown').textContent = `${counts[0]} of ${counts[1]} sessions`;
      tellMore(wanted.length);
    };
    const filtered = () => {
      limit = data.rows;
      show();
    };
    for (const each of [filter, transport, column]) each.addEventListener('input', filtered);
    for (const button of document.querySelectorAll('[data-verdict]')) {
      button.addEventListener('click', () => {
        const verdict = Number(button.dataset.verdict);
        const on = !verdicts.delete(verdict);
        if (on) verdicts.add(verdict);
        button.setAttribute('aria-pressed', on);
        filtered();
      });
    }
    for (const header of table.querySelectorAll('[data-sort]')) {
      const button = element('button', {type: 'button'}, header.textContent);
      button.addEventListener('click', () => {
        const key = Number(header.dataset.sort);
        // Names from the beginning, everything else from its most.
        sort.descending = sort.key === key ? !sort.descending : key !== NAME;
        sort.key = key;
        for (const each of table.querySelectorAll('[aria-sort]')) each.removeAttribute('aria-sort');
        header.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
        show();
      });
      header.replaceChildren(button);
    }
    tellMore(all.length);
    document.querySelector('.filters').hidden = false;

    return () => {
      filter.value = transport.value = column.value = '';
      verdicts.clear();
      for (const each of document.querySelectorAll('[data-verdict]')) {
        each.setAttribute('aria-pressed', 'false');
      }
      filtered();
    };
  };

  // ---- Keys.
  const focusOn = (row) => {
    if (!row) return;
    const target = row.querySelector('a') ?? row.querySelector('th') ?? row;
    if (target.matches('th')) target.tabIndex = -1;
    target.focus();
    target.scrollIntoView({block: 'nearest'});
  };
  // Among the sessions that differ where the focus is there, else in the list.
  const move = (by) => {
    const details = document.activeElement.closest('.session');
    const items = details ? [...details.parentElement.querySelectorAll(':scope > .session')]
      : table ? [...table.tBodies[0].rows] : [];
    const at = items.indexOf(details ?? document.activeElement.closest('tr'));
    const item = at < 0 ? items[0] : items[at + by];
    if (details && item) item.querySelector('summary').focus();
    else focusOn(item);
  };

  const clear = table ? startList() : () => {};
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || help.open) return;
    if (event.key === 'Escape') {
      clear();
      document.activeElement.blur();
      return;
    }
    if (event.target.matches('input[type="search"], select, textarea')) return;
    if (event.key === '?') help.showModal();
    else if (event.key === 'j') move(1);
    else if (event.key === 'k') move(-1);
    else if (event.key === '/' && table) byId('filter').focus();
    else return;
    event.preventDefault();
  });
  reveal();
})();
