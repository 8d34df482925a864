global using Applied = Ledger.Runtime.Replication.Applied<Ledger.Model.OperationState, Ledger.Model.Entry, Ledger.Rules.Outcome>;
