"""From an alert to a closed case: journal, playbooks, duties and clocks, scope, notices."""
