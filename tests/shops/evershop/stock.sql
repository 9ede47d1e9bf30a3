-- The goods of the EverShop, put where its own administration would put them: two cups, a country to send them to, a rate, payment on delivery, two coupons.
INSERT INTO product (product_id, uuid, sku, price, weight, status, visibility, group_id, package_id) OVERRIDING SYSTEM VALUE VALUES
  (1, 'c0ffee00-0000-4000-8000-000000000001', 'CUP-1', 20.00, 0.3, true, true, 1, 1),
  (2, 'c0ffee00-0000-4000-8000-000000000002', 'CUP-2', 12.50, 0.3, true, true, 1, 1);
INSERT INTO product_description (product_description_product_id, name, url_key) VALUES (1, 'Harbour cup', 'harbour-cup'), (2, 'Deck cup', 'deck-cup');
INSERT INTO product_inventory (product_inventory_product_id, qty, manage_stock, stock_availability) VALUES (1, 10000, false, true), (2, 10000, false, true);
INSERT INTO shipping_zone (shipping_zone_id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'Everywhere that we sail');
INSERT INTO shipping_zone_country (zone_id, country) VALUES (1, 'US'), (1, 'DE');
INSERT INTO shipping_zone_provider (zone_id, provider_code) VALUES (1, 'core');
INSERT INTO core_shipping_method (core_shipping_method_id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'By boat');
INSERT INTO core_shipping_method_rate (method_id, zone_id, cost) VALUES (1, 1, 4.00);
INSERT INTO setting (name, value) VALUES ('codPaymentStatus', '1'), ('codDisplayName', 'Cash on delivery'), ('storeName', 'Harbour Cups');
INSERT INTO coupon (coupon, description, discount_amount, discount_type, free_shipping, condition, user_condition) VALUES
  ('TENOFF', 'Ten per cent', 10, 'percentage_discount_to_entire_order', false, '{}', '{}'),
  ('TRACEFOXZERO', 'Everything', 100, 'percentage_discount_to_entire_order', true, '{}', '{}');
