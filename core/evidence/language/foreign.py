"""German and French words of business records, as the English words they meet in an answer."""

from __future__ import annotations

from core.evidence.language.listed import ordered

_PAIRS = ordered(
    # German
    "rechnung=invoice rechnungen=invoice kunde=customer kunden=customer kundin=customer auftrag=order auftraege=order "
    "aufträge=order bestellung=order bestellungen=order bestellt=order artikel=item ware=good waren=good preis=price "
    "preise=price stückpreis=price menge=quantity anzahl=count stück=piece betrag=amount beträge=amount summe=total "
    "gesamt=total gesamtbetrag=total umsatz=revenue umsätze=revenue kosten=cost ausgaben=expense einnahmen=income "
    "gewinn=profit verlust=loss netto=net brutto=gross mwst=vat ust=vat steuer=tax rabatt=discount skonto=discount "
    "datum=date tag=day tage=day woche=week wochen=week monat=month monate=month quartal=quarter jahr=year jahre=year "
    "stunde=hour stunden=hour fällig=due faellig=due bezahlt=paid zahlung=payment zahlungsziel=payment gezahlt=paid "
    "offen=open erledigt=done geschlossen=closed storniert=cancelled geliefert=delivered lieferung=delivery "
    "versandt=shipped versendet=shipped versand=shipment zurückgesendet=returned retoure=return gewicht=weight "
    "höhe=height länge=length breite=width temperatur=temperature verbrauch=consumption zähler=meter zaehler=meter "
    "zählerstand=reading ort=city stadt=city land=country plz=postcode name=name straße=street lieferant=supplier "
    "mitarbeiter=employee gehalt=salary abteilung=department eintritt=hired austritt=left lager=stock bestand=stock "
    "ziel=target plan=budget ist=actual soll=budget abweichung=variance vorjahr=previous vormonat=previous "
    "durchschnitt=average mittelwert=average höchst=maximum mindest=minimum vertrag=contract beginn=start ende=end "
    "kündigung=notice laufzeit=term patient=patient befund=finding wert=value einheit=unit grenzwert=limit "
    "untergrenze=low obergrenze=high note=grade noten=grade fach=subject klasse=class schüler=pupil punkte=points "
    "spiel=match spiele=match tore=goals gegner=opponent zuschauer=attendance schaden=claim schäden=claim "
    "prämie=premium selbstbehalt=deductible buchung=booking buchungen=booking gast=guest zimmer=room nächte=nights "
    "energie=energy dauer=duration ertrag=yield zustand=status ausfall=outage anlage=plant anlagen=plant "
    "abbruch=aborted "
    "abgebrochen=aborted gekündigt=terminated gültig=valid bestätigt=confirmed raucher=smoker "
    "abgelehnt=rejected genehmigt=approved eingang=received status=status grund=reason "
    # French
    "facture=invoice factures=invoice client=customer clients=customer commande=order commandes=order prix=price "
    "quantité=quantity quantite=quantity montant=amount somme=total chiffre=revenue coût=cost dépenses=expense "
    "recettes=income bénéfice=profit perte=loss ht=net ttc=gross tva=vat impôt=tax remise=discount jour=day jours=day "
    "semaine=week semaines=week mois=month trimestre=quarter année=year an=year heure=hour heures=hour échéance=due "
    "echeance=due payé=paid payée=paid paye=paid paiement=payment ouvert=open ouverte=open fermé=closed "
    "annulé=cancelled "
    "annulée=cancelled livré=delivered livrée=delivered livraison=delivery expédié=shipped expédition=shipment "
    "retourné=returned poids=weight hauteur=height longueur=length température=temperature consommation=consumption "
    "compteur=meter ville=city pays=country fournisseur=supplier employé=employee salaire=salary stock=stock "
    "objectif=target réel=actual écart=variance moyenne=average contrat=contract début=start fin=end unité=unit "
    "durée=duration énergie=energy état=status etat=status colis=parcel enlèvement=pickup enlevement=pickup "
    "nuits=nights chambre=room invité=guest élève=pupil matière=subject moyen=average refusé=rejected accepté=approved"
)
FOREIGN: dict[str, str] = dict(pair.split("=") for pair in _PAIRS)
