"""Cox: the proportional hazards model of counting-process rows, with what R's ``coxph`` gives."""
