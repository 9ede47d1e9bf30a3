// Pays: asks the payment vendor's frame for a token, then places the order.
(() => {
  const form = document.querySelector("[data-payment]");
  const stripe = window.Stripe("pk_test_kesselhaus");
  const card = stripe.elements().create("card");
  card.mount("[data-card]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await stripe.createToken(card);
    if (answer.error) {
      form.querySelector("[data-problem]").textContent = answer.error;
      return;
    }
    form.elements.token.value = answer.token;
    form.submit();
  });
})();
