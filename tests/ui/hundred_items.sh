#!/usr/bin/env bash
# A session of ITEMS items (100 unless told) by keyboard in the real window, with pictures: makes a study of the drawn digits, takes part in
# it key by key, and lists what the file holds afterwards.
#
#   WINDOW_TOOL=../shared/tools/window tests/ui/hundred_items.sh [OUT [ITEMS]]
#
# WINDOW_TOOL runs a program in a virtual screen and takes --size, --wait, --do STEPS and --out. Needs target/debug/unmask (or UNMASK).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=${1:-$(mktemp -d)} items=${2:-100}
unmask=${UNMASK:-target/debug/unmask} tool=${WINDOW_TOOL:?name the tool that runs a program in a virtual screen}
mkdir -p "$out"
[ -e "$out/study" ] && { echo "$out/study exists already; name another folder"; exit 2; }
cat >"$out/design.toml" <<TOML
title = "A hundred digits"
[data]
spec = "mnist:sample_data/digits"
[items]
count = $items
[answer]
confidence = true
[people]
count = 5
[checks]
practice = 2
catch = 0
repeats = 0
TOML
"$unmask" study new --spec "$out/design.toml" --explainer sample_data/project/explainers/l2x --method grad-x-input --controls \
    --blackbox sample_data/project/blackboxes/digits --out "$out/study"
# Door, consent, instructions, then two practice items with feedback.
steps="shot:door,key:Return,shot:consent,key:Return,shot:instructions,key:Return,wait:0.5"
steps+=",shot:practice,key:1,key:3,key:Return,shot:feedback,key:Return,wait:0.5,key:7,key:2,key:Return,key:Return,wait:0.5"
for ((n = 1; n <= items; n++)); do
    case $n in
    10) steps+=",key:Escape,shot:pause,key:Return,wait:0.5" ;;                 # a pause
    20) steps+=",key:4,shot:half,key:BackSpace,key:BackSpace,wait:0.5,shot:undone,key:5,key:5,key:Return,wait:0.5" ;; # clear, take back, answer again
    30) steps+=",key:plus,key:plus,key:ctrl+minus,shot:sizes,key:minus,key:minus,key:ctrl+plus" ;;
    esac
    # What is not the digit of a numbered row comes from the number pad.
    if ((n % 2)); then digit=$((n * 7 % 10)); else digit=KP_$((n * 7 % 10)); fi
    # Keys that come before an item is on screen answer nothing, and a virtual screen draws slowly.
    steps+=",key:$digit,key:$((n % 5 + 1)),key:Return,wait:${PACE:-0.4}"
    ((n % 25 == 0)) && steps+=",shot:after-$n"
done
steps+=",shot:thanks,key:Return,shot:next-person"
"$tool" --size "${SIZE:-1280x800}" --wait 4 --do "$steps" --out "$out/pictures" -- \
    "$unmask" study run "$out/study" --window-size "${SIZE:-1280x800}"
"$unmask" study people "$out/study"
"$unmask" study close "$out/study" >/dev/null
"$unmask" study export "$out/study" --out "$out/export"
