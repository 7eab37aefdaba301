window.BENCHMARK_DATA = {
 "lastUpdate": 1794560400000,
 "repoUrl": "https://example.invalid/repo",
 "entries": {
  "bench": [
   {
    "commit": {
     "id": "25a99140f38bf299991bc53efbd018510880e10c",
     "message": "change 1",
     "timestamp": "2026-11-01T09:00:00Z",
     "url": "https://example.invalid/commit/25a99140f38bf299991bc53efbd018510880e10c"
    },
    "date": 1793610000000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 120.049,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 40.232,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "da2beec7e54fa9e0c1b9be227f30dd7256d42b89",
     "message": "change 2",
     "timestamp": "2026-11-02T09:00:00Z",
     "url": "https://example.invalid/commit/da2beec7e54fa9e0c1b9be227f30dd7256d42b89"
    },
    "date": 1793696400000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 119.447,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 40.176,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "45649617ff166a3000efa077067a13c043fc0c39",
     "message": "change 3",
     "timestamp": "2026-11-03T09:00:00Z",
     "url": "https://example.invalid/commit/45649617ff166a3000efa077067a13c043fc0c39"
    },
    "date": 1793782800000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 121.111,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 40.206,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "d26efd8b0640c18a869611df4ac7020a62fd7145",
     "message": "change 4",
     "timestamp": "2026-11-04T09:00:00Z",
     "url": "https://example.invalid/commit/d26efd8b0640c18a869611df4ac7020a62fd7145"
    },
    "date": 1793869200000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 121.874,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 39.557,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "8f7e006e799319612a3639c5b1bf291fd78dbc3f",
     "message": "change 5",
     "timestamp": "2026-11-05T09:00:00Z",
     "url": "https://example.invalid/commit/8f7e006e799319612a3639c5b1bf291fd78dbc3f"
    },
    "date": 1793955600000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 120.081,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 39.647,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "2c7353e9393483d7550c8064ae622c65597bbc7e",
     "message": "change 6",
     "timestamp": "2026-11-06T09:00:00Z",
     "url": "https://example.invalid/commit/2c7353e9393483d7550c8064ae622c65597bbc7e"
    },
    "date": 1794042000000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 119.06,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 39.908,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "5cb560c983b3908da496c8a8038186c08baaf786",
     "message": "change 7",
     "timestamp": "2026-11-07T09:00:00Z",
     "url": "https://example.invalid/commit/5cb560c983b3908da496c8a8038186c08baaf786"
    },
    "date": 1794128400000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 120.266,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 40.209,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "8c84e066239d1a73c3c53e9c19c77d696b5c3cf2",
     "message": "change 8",
     "timestamp": "2026-11-08T09:00:00Z",
     "url": "https://example.invalid/commit/8c84e066239d1a73c3c53e9c19c77d696b5c3cf2"
    },
    "date": 1794214800000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 120.61,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 41.117,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "47a7e88455c7b9a9621fd6a05124f1a9981dbcd8",
     "message": "change 9",
     "timestamp": "2026-11-09T09:00:00Z",
     "url": "https://example.invalid/commit/47a7e88455c7b9a9621fd6a05124f1a9981dbcd8"
    },
    "date": 1794301200000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 151.035,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 39.203,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "1fe1b89b43d1995837e9a38ee176e8e6cb8f4c9c",
     "message": "change 10",
     "timestamp": "2026-11-10T09:00:00Z",
     "url": "https://example.invalid/commit/1fe1b89b43d1995837e9a38ee176e8e6cb8f4c9c"
    },
    "date": 1794387600000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 150.245,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 39.688,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "b4d6403bce90c8fb7193106f7e58d269282b3f71",
     "message": "change 11",
     "timestamp": "2026-11-11T09:00:00Z",
     "url": "https://example.invalid/commit/b4d6403bce90c8fb7193106f7e58d269282b3f71"
    },
    "date": 1794474000000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 149.381,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 40.653,
      "unit": "ms"
     }
    ]
   },
   {
    "commit": {
     "id": "33285b7a1201d690029b84b2504df960b23cbbf0",
     "message": "change 12",
     "timestamp": "2026-11-12T09:00:00Z",
     "url": "https://example.invalid/commit/33285b7a1201d690029b84b2504df960b23cbbf0"
    },
    "date": 1794560400000,
    "tool": "customSmallerIsBetter",
    "benches": [
     {
      "name": "parse a long document",
      "value": 149.732,
      "unit": "ms"
     },
     {
      "name": "render_every_page_of_a_site_with_a_very_long_name_that_no_narrow_screen_has_room_for",
      "value": 39.024,
      "unit": "ms"
     }
    ]
   }
  ]
 }
}
