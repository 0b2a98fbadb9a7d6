namespace Vigie.Server;

/// <summary>The models that were last on duty, so that a rollback need not load one again. Safe for any number of threads.</summary>
/// <param name="capacity">Most models.</param>
internal sealed class RecentModels(int capacity)
{
    private readonly Lock gate = new();
    private readonly LinkedList<(string Identity, ServedModel Model)> models = new(); // the latest first
    private bool letGo;

    /// <summary>A model that is still here; it is the latest then.</summary>
    public ServedModel? Find(string identity)
    {
        lock (gate)
        {
            for (LinkedListNode<(string Identity, ServedModel Model)>? node = models.First; node is not null; node = node.Next)
            {
                if (node.Value.Identity != identity) continue;
                models.Remove(node);
                models.AddFirst(node);
                return node.Value.Model;
            }

            return null;
        }
    }

    /// <summary>Keeps a model as the latest, and lets the one go that was longest neither asked for nor on duty.</summary>
    public void Keep(string identity, ServedModel model)
    {
        lock (gate)
        {
            for (LinkedListNode<(string Identity, ServedModel Model)>? node = models.First; node is not null; node = node.Next)
            {
                if (node.Value.Identity != identity) continue; // else loaded for two parts at once, or gone off duty now
                models.Remove(node);
                models.AddFirst(node);
                return;
            }

            models.AddFirst((identity, model));
            if (models.Count <= capacity) return;
            models.RemoveLast();
            letGo = true;
        }
    }

    /// <summary>Whether a model was let go since this was last asked.</summary>
    public bool HasLetGo()
    {
        lock (gate)
        {
            (bool has, letGo) = (letGo, false);
            return has;
        }
    }
}
