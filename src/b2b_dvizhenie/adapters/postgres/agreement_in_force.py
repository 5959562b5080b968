"""The agreement that purchases of a day follow, as SQL; the rule and its reasons are `domain.companies.in_force`."""

AGREEMENT_IN_FORCE = """
  LEFT JOIN LATERAL (
       SELECT a.agreement_id, a.firm_id, a.price_type_id, a.warehouse_id, a.currency, a.rounding,
               v.agreement_id IS NOT NULL AS is_vip
         FROM agreement a
         LEFT JOIN vip_company v ON v.agreement_id = a.agreement_id
        WHERE a.company_id = {company} AND a.is_active
          AND (a.valid_from IS NULL OR a.valid_from <= {day}) AND (a.valid_to IS NULL OR {day} <= a.valid_to)
        ORDER BY (v.agreement_id IS NOT NULL) DESC, a.is_default DESC, a.valid_from DESC NULLS LAST, a.agreement_id DESC
        LIMIT 1) a ON true"""
"""Joins the agreement as `a`. `company` and `day` are expressions of the statement it is put into."""

SEGMENTS_OF = """ARRAY(
       SELECT sm.segment_id FROM segment_member sm WHERE sm.company_id = {company}
        UNION ALL SELECT vc.segment_id FROM vip_company vc WHERE vc.company_id = {company} AND vc.segment_id IS NOT NULL
        UNION ALL SELECT sa.segment_id FROM segment sa WHERE sa.for_all AND {company} IS NOT NULL)"""
"""The segments a company is in, as a column of its terms: empty for one in none; `company` is a column. The assortment
of a VIP company is one of them, and so is each that every company is in; one may be named twice."""
