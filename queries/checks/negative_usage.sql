select rowid as row_id
from usage_daily
where events < 0
