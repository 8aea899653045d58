/** The shells that are completed for. */
export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/** The hidden command that the scripts ask, with all words after the program's name. */
export const completeCommand = "__complete";

// The project's own program first: it is the one that runs, and asking npx would take longer than anybody waits. Only where the folder is that of whoever asks: above a project lie
// folders that others write to (/tmp, shared disks), and who presses a key has not said that anything of theirs may run.
const findInBash = `  local dir=$PWD program=chassis
  while [[ -n $dir ]]; do
    if [[ -O $dir/node_modules/.bin && -x $dir/node_modules/.bin/chassis ]]; then program=$dir/node_modules/.bin/chassis; break; fi
    dir=\${dir%/*}
  done`;

/**
 * What each shell is to be told, once. It asks the program for every candidate, so it never has to be made anew. A line that begins with a
 * colon says that paths can stand there. `npx chassis` is completed too, where nothing else completes npx.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# chassis completion for bash. In ~/.bashrc: source <(npx chassis completion bash)
_chassis() {
  local current=\${COMP_WORDS[COMP_CWORD]} first=1 value description
  [[ \${COMP_WORDS[0]##*/} == npx ]] && first=2
${findInBash}
  [[ $current == = ]] && current=
  COMPREPLY=()
  while IFS=$'\\t' read -r value description; do
    case $value in
      :file) compopt -o filenames 2>/dev/null; COMPREPLY+=($(IFS=$'\\n'; compgen -f -- "$current")) ;;
      :folder) compopt -o filenames 2>/dev/null; COMPREPLY+=($(IFS=$'\\n'; compgen -d -- "$current")) ;;
      *) COMPREPLY+=("$value") ;;
    esac
  done < <("$program" ${completeCommand} -- "\${COMP_WORDS[@]:first:COMP_CWORD-first+1}" 2>/dev/null)
}
_chassis_npx() {
  COMPREPLY=()
  [[ \${COMP_WORDS[1]} == chassis && $COMP_CWORD -gt 1 ]] && _chassis
}
complete -F _chassis chassis
complete -p npx >/dev/null 2>&1 || complete -o default -F _chassis_npx npx
`,
  zsh: `#compdef chassis
# chassis completion for zsh. In ~/.zshrc, after compinit: source <(npx chassis completion zsh)
_chassis() {
  local first=2 value description line
  local -a candidates
${findInBash}
  [[ \${words[1]:t} == npx ]] && first=3
  while IFS= read -r line; do
    value=\${line%%$'\\t'*}
    description=\${line#*$'\\t'}
    case $value in
      :file) _files ;;
      :folder) _files -/ ;;
      *) candidates+=("\${value//:/\\\\:}\${description:+:$description}") ;;
    esac
  done < <("$program" ${completeCommand} -- "\${(@)words[first,CURRENT]}" 2>/dev/null)
  (( \${#candidates} )) && _describe -V 'chassis' candidates
}
_chassis_npx() {
  if [[ \${words[2]} == chassis && $CURRENT -gt 2 ]]; then _chassis; else _files; fi
}
compdef _chassis chassis
(( \${+_comps[npx]} )) || compdef _chassis_npx npx
`,
  fish: `# chassis completion for fish. In ~/.config/fish/config.fish: npx chassis completion fish | source
function __chassis_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l first 2
    string match -q -- '*npx' $words[1]; and set first 3
    set -l dir $PWD
    set -l program chassis
    while test -n "$dir"
        if test -O $dir/node_modules/.bin; and test -x $dir/node_modules/.bin/chassis
            set program $dir/node_modules/.bin/chassis
            break
        end
        set dir (string replace -r '/[^/]*$' '' -- $dir)
    end
    for line in ($program ${completeCommand} -- $words[$first..-1] 2>/dev/null)
        switch $line
            case ':file*'
                __fish_complete_path (commandline -ct)
            case ':folder*'
                __fish_complete_directories (commandline -ct) ''
            case '*'
                echo $line
        end
    end
end
complete -c chassis -f -a '(__chassis_complete)'
complete -c npx -n 'test (count (commandline -opc)) -gt 1; and test (commandline -opc)[2] = chassis' -f -a '(__chassis_complete)'
`,
};
