"""When are two cookies, or two keys of web storage, the same thing? Their names without what a vendor puts in for this visitor, site or load.

Pure. Known products come first, then what no product explains: a hash, a UUID or a long random word in a name becomes `*`, and so do the milliseconds of a
moment. Other digits stay.

To add a product: a line in `_TEMPLATES`, the start of the name as it is, then the expression of what changes; and a line in the test's table.
"""

from __future__ import annotations

import re
from functools import lru_cache

from scans.diff import tokens

MARK = "{redacted}"
LONGEST = 1024
# What stands outside of the groups stays; each group becomes `*`.
_TEMPLATES = (
    # analytics
    r"_ga_([A-Z0-9]{4,20})",
    r"_(?:gat|gac|dc_gtm)_(.+)",
    r"_gcl_(?:aw|dc|gb|ha|gf)_(.+)",
    r"_hjSession_(\d+)",
    r"_hjSessionUser_(\d+)",
    r"_hjSessionStorageTest(.*)",
    r"_pk_(?:id|ses|ref|cvar|hsr)\.(.+)",
    r"AMCVS?_([^@]+)(?:@AdobeOrg)?",
    r"AMP_(?:MKTG_)?([0-9a-f]{6,10})",
    r"amp_([0-9a-f]{6}(?:_.*)?)",
    r"amp_cookie_test(.+)",
    r"amplitude_(?:unsent_|unsent_identify_|id_|cookie_test)?([0-9A-Za-z_-]{6,64}(?:\..*)?)",
    r"mp_([0-9a-z_]{6,64})_mixpanel",
    r"__mp(?:so|sr|ss|q|qi)_([0-9a-f]{32}.*)",
    r"ph_((?:phc_)?[\w-]+)_posthog",
    r"ph_((?:phc_)?[\w-]+)_(?:window_id|primary_window_exists)",
    r"dmn_chk_(.+)",
    r"_vwo_uuid_v2_?(.*)",
    r"_vis_opt_exp_(\d+)_(?:combi|goal_\d+|split|exclude)",
    r"optimizely_data\$\$(.+)",
    r"optly_(?:anonymous_id|fs_token)_(.+)",
    r"_hp2_(?:id|ses_props|props|hld)[.\d]*\.(\d+)",
    r"heap_(\d+)_.*",
    r"mf_([0-9a-f-]{36})",
    r"_sp_(?:id|ses)\.([0-9a-f]{4})",
    r"_clck_?(.*)",
    r"_snow(?:plow)?_(?:id|ses)\.([0-9a-f]{4})",
    r"ajs_(?:anonymous|user|group)_id_(.+)",
    r"rl_page_init_(.+)",
    r"_hj(?:Included|Has|First)\w*_(\d+)",
    r"_uetmsclkid_?(.*)",
    r"kameleoon\w*_([0-9a-z]{10})",
    r"ABTasty_(\d{3,})",
    # consent
    r"OptanonConsent_(.+)",
    r"_iub_cs-s?(\d+)(?:-.*)?",
    r"(?:euconsent-v2|addtl_consent)_(.+)",
    # shops and content systems
    r"wp_woocommerce_session_([0-9a-f]{32})",
    r"wc_cart_hash_([0-9a-f]{32})",
    r"wc_fragments_([0-9a-f]{32})",
    r"wordpress_(?:logged_in_|sec_)?([0-9a-f]{32})",
    r"wp-settings-(?:time-)?(\d+)",
    r"wp-postpass_([0-9a-f]{32})",
    r"comment_author_(?:email_|url_)?([0-9a-f]{32})",
    r"woocommerce_(?:recently_viewed|items_in_cart)_(.+)",
    r"PrestaShop-([0-9a-f]{20,40})",
    r"mage-cache-timeout-?(.*)",
    r"SESS([0-9a-f]{32})",
    r"SSESS([0-9a-f]{32})",
    r"remember_(?:web_|admin_|customer_)?([0-9a-f]{40})",
    r"_shopify_(?:evids|ga)_(.+)",
    r"cart_(?:ts|sig|ver)_(.+)",
    r"secure_customer_sig_(.+)",
    r"checkout_session_(?:token|lookup)__(.+)",
    r"storefront_digest_(.+)",
    r"keep_alive_([0-9a-f-]{36})",
    r"master_device_id_(.+)",
    r"sw-cache-hash-?(.*)",
    r"BigCommerce_([0-9a-f]{8,})",
    r"fe_typo_user_(.+)",
    r"joomla_user_state_(.+)",
    r"\.AspNetCore\.(?:Antiforgery|Correlation\.\w+|Correlation|OpenIdConnect\.Nonce)\.([\w-]+)",
    r"__RequestVerificationToken_([\w-]+)",
    r"ASPSESSIONID([A-Z]{8})",
    r"django_language_(.+)",
    # networks, firewalls, balancers
    r"TS([0-9a-f]{6,12})(?:_\d+|_\w+|\d*)?",
    r"BIGipServer([\w.~%-]+)",
    r"f5avr(\d+)a{8,20}_cspm_",
    r"incap_ses_(\d+_\d+)",
    r"visid_incap_(\d+)",
    r"nlbi_(\d+(?:_\d+)?)",
    r"reese84_(.+)",
    r"_pxhd_(.+)",
    r"AWSALB(?:CORS|TG|TGCORS|APP-\d+)",
    r"AWSELB(?:CORS)?-([\w-]+)",
    r"ARRAffinity(?:SameSite)?_(.+)",
    r"ApplicationGatewayAffinity(?:CORS)?_([0-9a-f]+)",
    r"cf_chl_(?:\d+|prog|rc_\w+|seq)_([0-9a-f]+)",
    r"cf_ob_info_(.+)",
    r"NSC_([\w.-]+)",
    r"citrix_ns_id_(.+)",
    r"rack\.session\.(.+)",
    r"BNI__BARRACUDA_LB_COOKIE_(.+)",
    r"BNES_([\w.-]+)",
    r"dtSa_?(.*)",
    # chat, e-mail, advertising
    r"intercom-(?:id|session|device-id)-([0-9a-z]{6,12})",
    r"intercom\.intercom-state-([0-9a-z]{6,12})",
    r"drift_(?:aid|campaign_refresh|eid)_(.+)",
    r"crisp-client%2Fsession%2F(.+)",
    r"crisp-client/session/(.+)",
    r"TawkConnectionTime_(.+)",
    r"twk_(?:idm_key_|uuid_|token_)?([0-9a-f]{24})",
    r"__lc_(?:cid|cst)_?(\d*)",
    r"hubspotutk_(.+)",
    r"ln_or_(.+)",
    r"_fbp_(.+)",
    r"cto_(?:bundle|tld_test)_(.+)",
    r"_drip_client_(\d+)",
    r"omSeen-([0-9a-z]{16,24})",
    r"om-([0-9a-z]{16,24})",
    r"_mkto_trk_(.+)",
    r"visitor_id(\d+)(?:-hash)?",
    r"pi_opt_in(\d+)",
    r"mailchimp_landing_site_(.+)",
    r"_conv_[rsv]_(.+)",
    r"li_(?:adsId|fat_id)_(.+)",
    r"__kla_id_(.+)",
    r"_ttp_(.+)",
    r"uuid2_(.+)",
    r"rxVisitor([0-9a-z]{8,})",
    r"_dd_s_(.+)",
    r"sentryReplaySession_(.+)",
    r"yt-player-\w+-([0-9a-f]{8,})",
    r"yt-remote-\w+-([0-9a-f]{8,})",
    r"_grecaptcha_(.+)",
    r"rc::([a-f0-9]{16,})",
)
_LITERAL = re.compile(r"[\w-]*(?![?*])")


def _start(pattern: str) -> str:
    """The letters that every name of this product begins with, to pass over the others quickly."""
    found = _LITERAL.match(pattern)
    return found[0] if found else ""


# Accounts are told by the tag that sets these; the cookie is the same kind of thing for each.
_KNOWN = tuple((re.compile(pattern), _start(pattern)) for pattern in _TEMPLATES)
_UUID = re.compile(tokens.UUID)
_MOMENT = re.compile(r"(?<!\d)\d{13}(?!\d)")
_WORD = re.compile(r"[0-9A-Za-z]{8,512}")
_TAIL = re.compile(r"[0-9A-Za-z_-]{20,512}$")
_RUN = re.compile(r"\*(?:[-_.]?\*)+")


@lru_cache(maxsize=20_000)
def cookie(name: str) -> str:
    return _templated(name)


@lru_cache(maxsize=20_000)
def storage(key: str) -> str:
    return _templated(key)


def _templated(name: str) -> str:
    name = name[:LONGEST].replace(MARK, "*")
    for pattern, start in _KNOWN:
        if name.startswith(start) and (found := pattern.fullmatch(name)):
            return _starred(name, found)
    return _generic(name)


def _starred(name: str, found: re.Match[str]) -> str:
    kept, at = [], 0
    for group in range(1, (found.re.groups or 0) + 1):
        start, end = found.span(group)
        if start >= 0 and end > start:
            kept.append(name[at:start] + "*")
            at = end
    return "".join(kept) + name[at:]


def _generic(name: str) -> str:
    name = _MOMENT.sub(lambda found: "*" if tokens.is_epoch(found[0]) else found[0], _UUID.sub("*", name))
    name = _WORD.sub(lambda found: "*" if tokens.is_hash(found[0], in_file_name=tokens.is_hex(found[0])) else found[0], name)
    if (found := _TAIL.search(name)) and tokens.is_hash(found[0]):
        name = f"{name[: found.start()]}*"
    return _RUN.sub("*", name)
