// What lies in the basket, out of the cookie that the shop keeps it in.
const pair = document.cookie.split("; ").find((each) => each.startsWith("kh_basket="));
export const basket = new Map(
  (pair?.split("=")[1] ?? "")
    .split("~")
    .filter(Boolean)
    .map((item) => item.split(".")),
);
