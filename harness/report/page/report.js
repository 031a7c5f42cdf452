/* global document, FormData, location, navigator, setTimeout, window */
// What the page can do beyond being read. Everything here is an addition: without it the page is whole.
;(() => {
  'use strict'
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector))
  const scenarios = all('details.scenario')
  const form = document.querySelector('form.filter')
  const status = form.querySelector('[role="status"]')
  const nothing = document.querySelector('.nothing')

  const words = new Map(
    scenarios.map((one) => [
      one,
      ['.what', '.tags', '.lead', '.references']
        .map((part) => one.querySelector(part)?.textContent ?? '')
        .join(' ')
        .toLowerCase(),
    ]),
  )

  function applyFilter() {
    const chosen = new FormData(form)
    const verdicts = chosen.getAll('verdict')
    const asked = String(chosen.get('text')).toLowerCase().split(/\s+/).filter(Boolean)
    let shown = 0
    for (const one of scenarios) {
      const { verdict, profile, level } = one.dataset
      const fits =
        verdicts.includes(verdict) &&
        ['', profile].includes(chosen.get('profile')) &&
        ['', level].includes(chosen.get('level')) &&
        asked.every((word) => words.get(one).includes(word))
      one.hidden = !fits
      if (fits) shown++
    }
    for (const topic of all('section.topic')) {
      topic.hidden = all('details.scenario', topic).every((one) => one.hidden)
    }
    status.textContent = `${shown} of ${scenarios.length} shown`
    nothing.hidden = shown > 0
  }

  form.hidden = false
  form.addEventListener('input', applyFilter)
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('click', (event) => {
    const fold = event.target.dataset?.fold
    if (fold === undefined) return
    for (const one of scenarios) if (!one.hidden) one.open = fold === 'open'
  })
  applyFilter()

  function openAddressed() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (!target?.matches('details.scenario')) return
    if (target.hidden) {
      form.reset()
      applyFilter()
    }
    target.open = true
    target.scrollIntoView()
    target.querySelector('summary').focus({ preventScroll: true })
  }
  window.addEventListener('hashchange', openAddressed)
  openAddressed()

  function select(node) {
    const range = document.createRange()
    range.selectNodeContents(node)
    const selection = window.getSelection()
    selection.removeAllRanges()
    selection.addRange(range)
  }
  for (const button of all('button.copy')) {
    const name = button.getAttribute('aria-label')
    const say = (word) => {
      button.textContent = word
      button.removeAttribute('aria-label')
      setTimeout(() => {
        button.textContent = 'Copy'
        button.setAttribute('aria-label', name)
      }, 2000)
    }
    button.hidden = false
    button.addEventListener('click', async () => {
      const code = button.parentElement.querySelector('code')
      try {
        await navigator.clipboard.writeText(code.textContent)
        say('Copied')
      } catch {
        // No clipboard here (an old browser, a denied permission): leave it selected to copy by hand.
        select(code)
        say('Selected')
      }
    })
  }

  // On paper a fold cannot be opened: what failed or is open is printed whole.
  let opened = []
  window.addEventListener('beforeprint', () => {
    opened = scenarios.filter(
      (one) => !one.open && ['failed', 'inconclusive'].includes(one.dataset.verdict),
    )
    for (const one of opened) one.open = true
  })
  window.addEventListener('afterprint', () => {
    for (const one of opened) one.open = false
  })
})()
