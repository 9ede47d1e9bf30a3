"""Which click places the order? Told by the words on it, so that a stop point can be proposed right before it.

Pure. Words that can mean nothing else count first, and the first such click does: a stop point too early costs a look, one too late an order. Words that also
stand on other buttons ('Pay', 'Buy now') count only if there are none of those, and then the last such click. To teach it a language: a line in SURE, and
one in PERHAPS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checkout.flow import Step, Target

SURE = (
    r"\b(?:place|submit|complete|confirm|finish|finali[sz]e|send)\b.{0,20}\b(?:order|purchase|booking)\b|\border (?:now|and pay)\b|\bpay (?:now|securely)\b",
    r"zahlungspflichtig|kostenpflichtig|jetzt (?:bestellen|bezahlen)|bestellung (?:abschicken|aufgeben|abschlie(?:ss|ß)en|abschliessen)",
    r"(?:passer|valider|confirmer|finaliser) (?:la |ma |votre )?commande|commander et payer|payer maintenant",
    r"(?:realizar|confirmar|finalizar|hacer|tramitar) (?:el |mi |tu )?(?:pedido|compra)|pagar ahora",
    r"(?:invia|effettua|conferma|completa) (?:l['’ ])?\s?(?:ordine|acquisto)|paga (?:ora|adesso)",
    r"bestelling (?:plaatsen|afronden|bevestigen)|nu betalen|afrekenen en betalen|bestellen en betalen",
    r"(?:finalizar|concluir|confirmar) (?:a )?(?:compra|encomenda|pedido)",
    r"z(?:ł|l)(?:ó|o)(?:ż|z) zam(?:ó|o)wienie|kupuj(?:ę|e) i p(?:ł|l)ac(?:ę|e)|zamawiam z obowi",
    r"l(?:ä|a)gg best(?:ä|a)llning|slutf(?:ö|o)r k(?:ö|o)p",
    r"gennemf(?:ø|o)r (?:ordre|k(?:ø|o)b)|bekreft (?:ordre|bestilling)|fullf(?:ø|o)r (?:kj(?:ø|o)p|bestilling)",
    r"odeslat objedn(?:á|a)vku|objednat s povinnost|vahvista tilaus|l(?:ä|a)het(?:ä|a) tilaus",
    r"注文を確定|注文する|提交订单|提交訂單|立即付款|주문하기|결제하기|оформить заказ|подтвердить заказ|siparişi tamamla",
)
PERHAPS = (
    r"\bbuy (?:now|it now)\b|\bpay\b(?![ -]?pal\b)|\bpurchase\b|\bplaceorder\b|\border\b.{0,10}\bsubmit\b",
    r"jetzt kaufen|\bbezahlen\b|\bkaufen\b|\bbestellen\b",
    r"\bpayer\b|\bacheter\b|\bpagar\b|\bcomprar\b|\bpaga\b",
    r"\bacquista\b|\bbetalen\b|nu kopen|\bbetal\b|\bbetala\b|\bzap(?:ł|l)a(?:ć|c)\b|\bkup teraz\b|\bmaksa\b|\bzaplatit\b",
)
# Addresses that a shop shows when the order is placed: the click before them was it.
PLACED = re.compile(
    r"thank|success|order[-_/]?(?:received|complete|confirm|placed)|confirmation|bestaetigung|bestätigung|merci|gracias|grazie|danke|bedankt|receipt|"
    r"obrigado|dziekujemy|kiitos",
    re.IGNORECASE,
)
_SURE, _PERHAPS = re.compile("|".join(SURE), re.IGNORECASE), re.compile("|".join(PERHAPS), re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = re.compile(r"[\s_\-./#\[\]=\"'()>:*]+")


def find(steps: Sequence[Step]) -> int | None:
    """The index of the click, if there is one behind the first step: the stop point stands before it."""
    clicks = [index for index, step in enumerate(steps) if index and step.action == "click" and step.target]
    sure = [index for index in clicks if _SURE.search(_words(steps[index]))]
    perhaps = [index for index in clicks if _PERHAPS.search(_words(steps[index]))]
    before = [index for index in clicks if _leads_to_a_confirmation(steps, index)]
    first = min(sure + before, default=None)
    return first if first is not None else max(perhaps, default=None)


def _leads_to_a_confirmation(steps: Sequence[Step], index: int) -> bool:
    """Is the next address that is waited for one that a shop shows after the order, before anything else is done?"""
    after = next((step for step in steps[index + 1 :] if step.action not in ("wait_for_quiet", "wait_for_element", "scroll")), None)
    return after is not None and after.action == "wait_for_url" and bool(PLACED.search(after.url.partition("://")[2].partition("/")[2]))


def _words(step: Step) -> str:
    return " | ".join([step.label, *_of(step.target)]) if step.target else step.label


def _of(target: Target) -> list[str]:
    """What the element says, and what the shop calls it: `#placeOrder` is `place Order`."""
    said = [target.fingerprint.text, target.fingerprint.name, *(chain[-1] for chain in target.selectors)]
    return [_BETWEEN.sub(" ", _HUMP.sub(" ", each)) for each in said if each]
